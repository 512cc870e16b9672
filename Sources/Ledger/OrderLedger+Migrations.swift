// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

extension OrderLedger {
    /// The ledger's tables.
    ///
    /// `due_at` is the time from which an order may be claimed and null if it may not, so claiming reads one index range
    /// however many orders are done. `open_key` is unique: template and subscriber while the order is open, its own
    /// reference afterwards; that is one open order for each on engines without partial indexes, too.
    public static let migrations: [Migration] = [
        Migration("ledger-1-orders") { sql in
            [
                """
                CREATE TABLE orders (
                    id \(sql.integer) NOT NULL PRIMARY KEY,
                    reference \(sql.text(40)) NOT NULL UNIQUE,
                    open_key \(sql.text(180)) NOT NULL UNIQUE,
                    template \(sql.text(100)) NOT NULL,
                    backend_ca \(sql.text(100)) NOT NULL,
                    product \(sql.text(200)) NOT NULL,
                    subscriber_id \(sql.text(64)) NOT NULL,
                    user_principal_name \(sql.text(320)) NOT NULL,
                    names \(sql.longText) NOT NULL,
                    request \(sql.longText) NOT NULL,
                    replaces_order_id \(sql.integer),
                    stage \(sql.text(20)) NOT NULL,
                    attempt \(sql.integer) NOT NULL,
                    submitted_at \(sql.integer),
                    ca_request_id \(sql.text(200)),
                    ca_identifiers \(sql.longText) NOT NULL,
                    waiting_for \(sql.text(40)),
                    detail \(sql.longText),
                    held \(sql.integer) NOT NULL,
                    hold_reason \(sql.longText),
                    cancel_requested \(sql.integer) NOT NULL,
                    error_kind \(sql.text(40)),
                    failures \(sql.integer) NOT NULL,
                    next_action_at \(sql.integer),
                    certificate_id \(sql.integer),
                    resume_stage \(sql.text(20)),
                    created_at \(sql.integer) NOT NULL,
                    updated_at \(sql.integer) NOT NULL,
                    event_count \(sql.integer) NOT NULL,
                    lease_owner \(sql.text(100)),
                    lease_until \(sql.integer),
                    fence \(sql.integer) NOT NULL,
                    due_at \(sql.integer))
                """,
                "CREATE INDEX orders_due ON orders (backend_ca, due_at)",
                "CREATE INDEX orders_subscriber ON orders (template, subscriber_id)",
                "CREATE INDEX orders_stage ON orders (template, stage, held)",
                """
                CREATE TABLE order_events (
                    order_id \(sql.integer) NOT NULL REFERENCES orders (id),
                    sequence_number \(sql.integer) NOT NULL,
                    occurred_at \(sql.integer) NOT NULL,
                    stage \(sql.text(20)) NOT NULL,
                    kind \(sql.text(60)) NOT NULL,
                    message \(sql.longText) NOT NULL,
                    data \(sql.longText) NOT NULL,
                    PRIMARY KEY (order_id, sequence_number))
                """,
            ] + sql.appendOnly("order_events")
        },
        Migration("ledger-2-certificates-and-keys") { sql in
            [
                """
                CREATE TABLE certificates (
                    id \(sql.integer) NOT NULL PRIMARY KEY,
                    order_id \(sql.integer) NOT NULL REFERENCES orders (id),
                    template \(sql.text(100)) NOT NULL,
                    backend_ca \(sql.text(100)) NOT NULL,
                    subscriber_id \(sql.text(64)) NOT NULL,
                    user_principal_name \(sql.text(320)) NOT NULL,
                    der \(sql.blob) NOT NULL,
                    chain_ids \(sql.text(200)) NOT NULL,
                    serial_number \(sql.text(80)) NOT NULL,
                    issuer \(sql.longText) NOT NULL,
                    subject \(sql.longText) NOT NULL,
                    sha1_fingerprint \(sql.text(40)) NOT NULL,
                    sha256_fingerprint \(sql.text(64)) NOT NULL UNIQUE,
                    not_before \(sql.integer) NOT NULL,
                    not_after \(sql.integer) NOT NULL,
                    email_addresses \(sql.longText) NOT NULL,
                    status \(sql.text(20)) NOT NULL,
                    created_at \(sql.integer) NOT NULL)
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
                    order_id \(sql.integer) NOT NULL REFERENCES orders (id),
                    erased \(sql.integer) NOT NULL,
                    public_key \(sql.blob) NOT NULL,
                    csr \(sql.blob) NOT NULL,
                    sealed_size \(sql.integer) NOT NULL,
                    sealed \(sql.blob) NOT NULL)
                """,
                "CREATE INDEX order_keys_order ON order_keys (order_id)",
                """
                CREATE TABLE archived_keys (
                    order_id \(sql.integer) NOT NULL PRIMARY KEY REFERENCES orders (id),
                    certificate_id \(sql.integer) NOT NULL REFERENCES certificates (id),
                    cms \(sql.blob) NOT NULL,
                    recipients \(sql.longText) NOT NULL,
                    created_at \(sql.integer) NOT NULL)
                """,
                "CREATE INDEX archived_keys_certificate ON archived_keys (certificate_id)",
            ]
        },
        Migration("ledger-3-configuration") { sql in
            [
                """
                CREATE TABLE documents (
                    kind \(sql.text(60)) NOT NULL,
                    name \(sql.text(100)) NOT NULL,
                    revision \(sql.integer) NOT NULL,
                    body \(sql.longText) NOT NULL,
                    updated_at \(sql.integer) NOT NULL,
                    PRIMARY KEY (kind, name))
                """,
                """
                CREATE TABLE gateway_state (
                    name \(sql.text(190)) NOT NULL PRIMARY KEY,
                    content \(sql.longText) NOT NULL)
                """,
            ]
        },
        Migration("ledger-4-connection-and-doubt") { sql in
            [
                "ALTER TABLE orders ADD connection \(sql.text(400))",
                "ALTER TABLE orders ADD doubt_kind \(sql.text(40))",
                "ALTER TABLE orders ADD doubt \(sql.longText)",
            ]
        },
        Migration("ledger-5-standing-changes") { sql in
            [
                """
                CREATE TABLE standing_changes (
                    template \(sql.text(100)) NOT NULL,
                    number \(sql.integer) NOT NULL,
                    subscriber_id \(sql.text(64)) NOT NULL,
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
                    order_id \(sql.integer) REFERENCES orders (id),
                    certificate \(sql.longText) NOT NULL,
                    subscriber \(sql.longText),
                    actor \(sql.longText) NOT NULL,
                    purpose \(sql.longText) NOT NULL,
                    agent \(sql.longText),
                    agent_fingerprint \(sql.text(64)),
                    outcome \(sql.text(20)) NOT NULL,
                    detail \(sql.longText) NOT NULL)
                """,
                "CREATE INDEX key_recoveries_order ON key_recoveries (order_id)",
            ] + sql.appendOnly("key_recoveries")
        },
        Migration("ledger-8-secrets-mark") { sql in
            ["ALTER TABLE orders ADD secrets_mark \(sql.text(64))"]
        },
    ]
}
