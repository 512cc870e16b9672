// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Records
public import Store

extension OrderLedger {
    /// The ledger's tables.
    ///
    /// `due_at` is the time from which an order may be claimed and null if it may not, so claiming reads one index range
    /// however many orders are done. `open_key` is unique: template and subscriber while the order is open, its own
    /// reference afterwards; that is one open order for each on engines without partial indexes, too.
    public static let migrations: [Migration] = [
        AuditTrail.migration,
        Migration("ledger-1-orders") { sql in
            [
                """
                CREATE TABLE orders (
                    id \(sql.integer) NOT NULL PRIMARY KEY,
                    \(sql.column("reference", 40)) NOT NULL UNIQUE,
                    \(sql.column("open_key", 180)) NOT NULL UNIQUE,
                    \(sql.column("template", 100)) NOT NULL,
                    \(sql.column("backend_ca", 100)) NOT NULL,
                    \(sql.column("product", 200)) NOT NULL,
                    \(sql.column("subscriber_id", 64)) NOT NULL,
                    \(sql.column("user_principal_name", 320)) NOT NULL,
                    names \(sql.longText) NOT NULL,
                    request \(sql.longText) NOT NULL,
                    replaces_order_id \(sql.integer),
                    \(sql.column("stage", 20)) NOT NULL,
                    attempt \(sql.integer) NOT NULL,
                    submitted_at \(sql.integer),
                    \(sql.column("ca_request_id", 200)),
                    ca_identifiers \(sql.longText) NOT NULL,
                    \(sql.column("waiting_for", 40)),
                    detail \(sql.longText),
                    held \(sql.integer) NOT NULL,
                    hold_reason \(sql.longText),
                    cancel_requested \(sql.integer) NOT NULL,
                    \(sql.column("error_kind", 40)),
                    failures \(sql.integer) NOT NULL,
                    next_action_at \(sql.integer),
                    certificate_id \(sql.integer),
                    \(sql.column("resume_stage", 20)),
                    created_at \(sql.integer) NOT NULL,
                    updated_at \(sql.integer) NOT NULL,
                    event_count \(sql.integer) NOT NULL,
                    \(sql.column("lease_owner", 100)),
                    lease_until \(sql.integer),
                    fence \(sql.integer) NOT NULL,
                    due_at \(sql.integer))
                """,
                "CREATE INDEX orders_due ON orders (backend_ca, due_at)",
                "CREATE INDEX orders_subscriber ON orders (template, subscriber_id)",
                "CREATE INDEX orders_stage ON orders (template, stage, held)",
                """
                CREATE TABLE order_events (
                    order_id \(sql.integer) NOT NULL,
                    sequence_number \(sql.integer) NOT NULL,
                    occurred_at \(sql.integer) NOT NULL,
                    \(sql.column("stage", 20)) NOT NULL,
                    \(sql.column("kind", 60)) NOT NULL,
                    message \(sql.longText) NOT NULL,
                    data \(sql.longText) NOT NULL,
                    PRIMARY KEY (order_id, sequence_number),
                    FOREIGN KEY (order_id) REFERENCES orders (id))
                """,
            ] + sql.appendOnly("order_events")
        },
        Migration("ledger-2-certificates-and-keys") { sql in
            [
                """
                CREATE TABLE certificates (
                    id \(sql.integer) NOT NULL PRIMARY KEY,
                    order_id \(sql.integer) NOT NULL,
                    \(sql.column("template", 100)) NOT NULL,
                    \(sql.column("backend_ca", 100)) NOT NULL,
                    \(sql.column("subscriber_id", 64)) NOT NULL,
                    \(sql.column("user_principal_name", 320)) NOT NULL,
                    der \(sql.blob) NOT NULL,
                    \(sql.column("chain_ids", 200)) NOT NULL,
                    \(sql.column("serial_number", 80)) NOT NULL,
                    issuer \(sql.longText) NOT NULL,
                    subject \(sql.longText) NOT NULL,
                    \(sql.column("sha1_fingerprint", 40)) NOT NULL,
                    \(sql.column("sha256_fingerprint", 64)) NOT NULL UNIQUE,
                    not_before \(sql.integer) NOT NULL,
                    not_after \(sql.integer) NOT NULL,
                    email_addresses \(sql.longText) NOT NULL,
                    \(sql.column("status", 20)) NOT NULL,
                    created_at \(sql.integer) NOT NULL,
                    FOREIGN KEY (order_id) REFERENCES orders (id))
                """,
                "CREATE INDEX certificates_order ON certificates (order_id)",
                "CREATE INDEX certificates_subscriber ON certificates (subscriber_id)",
                "CREATE INDEX certificates_serial ON certificates (serial_number)",
                "CREATE INDEX certificates_end ON certificates (status, not_after)",
                """
                CREATE TABLE ca_certificates (
                    id \(sql.integer) NOT NULL PRIMARY KEY,
                    byte_count \(sql.integer) NOT NULL,
                    der \(sql.blob) NOT NULL)
                """,
                "CREATE INDEX ca_certificates_size ON ca_certificates (byte_count)",
                """
                CREATE TABLE order_keys (
                    id \(sql.integer) NOT NULL PRIMARY KEY,
                    order_id \(sql.integer) NOT NULL,
                    erased \(sql.integer) NOT NULL,
                    public_key \(sql.blob) NOT NULL,
                    csr \(sql.blob) NOT NULL,
                    sealed_size \(sql.integer) NOT NULL,
                    sealed \(sql.blob) NOT NULL,
                    FOREIGN KEY (order_id) REFERENCES orders (id))
                """,
                "CREATE INDEX order_keys_order ON order_keys (order_id)",
                """
                CREATE TABLE archived_keys (
                    order_id \(sql.integer) NOT NULL PRIMARY KEY,
                    certificate_id \(sql.integer) NOT NULL,
                    cms \(sql.blob) NOT NULL,
                    recipients \(sql.longText) NOT NULL,
                    created_at \(sql.integer) NOT NULL,
                    FOREIGN KEY (order_id) REFERENCES orders (id),
                    FOREIGN KEY (certificate_id) REFERENCES certificates (id))
                """,
                "CREATE INDEX archived_keys_certificate ON archived_keys (certificate_id)",
            ]
        },
        Migration("ledger-3-configuration") { sql in
            [
                """
                CREATE TABLE documents (
                    \(sql.column("kind", 60)) NOT NULL,
                    \(sql.column("name", 100)) NOT NULL,
                    revision \(sql.integer) NOT NULL,
                    body \(sql.longText) NOT NULL,
                    updated_at \(sql.integer) NOT NULL,
                    PRIMARY KEY (kind, name))
                """,
                """
                CREATE TABLE gateway_state (
                    \(sql.column("name", 190)) NOT NULL PRIMARY KEY,
                    content \(sql.longText) NOT NULL)
                """,
            ]
        },
        Migration("ledger-4-connection-and-doubt") { sql in
            [
                "ALTER TABLE orders ADD \(sql.column("connection", 400))",
                "ALTER TABLE orders ADD \(sql.column("doubt_kind", 40))",
                "ALTER TABLE orders ADD doubt \(sql.longText)",
            ]
        },
        Migration("ledger-5-standing-changes") { sql in
            [
                """
                CREATE TABLE standing_changes (
                    \(sql.column("template", 100)) NOT NULL,
                    number \(sql.integer) NOT NULL,
                    \(sql.column("subscriber_id", 64)) NOT NULL,
                    PRIMARY KEY (template, number))
                """
            ]
        },
        Migration("ledger-6-ca-request-ids") { _ in
            ["CREATE INDEX orders_ca_request ON orders (backend_ca, ca_request_id)"]
        },
        Migration("ledger-7-key-recoveries") { sql in
            [
                """
                CREATE TABLE key_recoveries (
                    id \(sql.integer) NOT NULL PRIMARY KEY,
                    occurred_at \(sql.integer) NOT NULL,
                    order_id \(sql.integer),
                    certificate \(sql.longText) NOT NULL,
                    subscriber \(sql.longText),
                    actor \(sql.longText) NOT NULL,
                    purpose \(sql.longText) NOT NULL,
                    agent \(sql.longText),
                    \(sql.column("agent_fingerprint", 64)),
                    \(sql.column("outcome", 20)) NOT NULL,
                    detail \(sql.longText) NOT NULL,
                    FOREIGN KEY (order_id) REFERENCES orders (id))
                """,
                "CREATE INDEX key_recoveries_order ON key_recoveries (order_id)",
            ] + sql.appendOnly("key_recoveries")
        },
        Migration("ledger-8-secrets-mark") { sql in
            ["ALTER TABLE orders ADD \(sql.column("secrets_mark", 64))"]
        },
        Migration("ledger-9-counters") { _ in
            let counters = [
                OrderTable.ids, OrderTable.standingChanges, CertificateTable.ids, CertificateTable.caIDs,
                OrderKeyTable.ids,
                submissions, revisions, recoveries, leases,
            ]
            return counters.map(\.creation) + [
                "CREATE INDEX orders_lease ON orders (lease_owner)",
                "CREATE INDEX certificates_sha1 ON certificates (sha1_fingerprint)",
            ]
        },
        Migration("ledger-10-nodes") { sql in
            [
                """
                CREATE TABLE nodes (
                    \(sql.column("id", 64)) NOT NULL PRIMARY KEY,
                    \(sql.column("host", 255)) NOT NULL,
                    started_at \(sql.integer) NOT NULL,
                    seen_at \(sql.integer) NOT NULL)
                """
            ]
        },
        OrderReference.migration,
        searchMigration,
        // By these anybody can tell whether two ever had one order at once.
        Migration("ledger-13-event-owners") { sql in
            [
                "ALTER TABLE order_events ADD \(sql.column("node", 100))",
                "ALTER TABLE order_events ADD fence \(sql.integer)",
            ]
        },
        CertificateActionTable.migration,
        CertificateActionTable.wishMigration,
        priceMigration,
        bindingMigration,
        overviewMigration,
        OrderNameTable.migration,
        listMigration,
        LedgerCountTable.migration,
        RequestTable.migration,
        viewMigration,
        heldMigration,
        OrderNews.migration,
        AgentKeyTable.migration,
        subscriberMigration,
        RequestTable.keyMigration,
        CompromisedKeyTable.migration,
        // Nil for what is older: nobody follows events from before.
        Migration("ledger-28-event-numbers") { sql in
            [
                "ALTER TABLE order_events ADD event_number \(sql.integer)",
                "CREATE INDEX order_events_number ON order_events (event_number)",
                OrderTable.events.creation,
            ]
        },
        RequestTable.ownerMigration,
    ]
}
