// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import StoreSQLite

/// A database as the program made it before `ledger-9-counters`, with an order that is done and one under way.
enum OldDatabase {
    static func write(to path: String) async throws {
        let database = try SQLiteDatabase(path: path)
        try await database.write { connection in
            for statement in statements.split(separator: ";\n") { try connection.execute(String(statement)) }
        }
        await database.close()
    }

    private static let statements = #"""
        CREATE TABLE migrations (name VARCHAR(100) NOT NULL PRIMARY KEY, applied_at INTEGER NOT NULL);
        CREATE TABLE id_sequences (
        name VARCHAR(100) NOT NULL PRIMARY KEY, last_id INTEGER NOT NULL);
        INSERT INTO migrations VALUES ('store-1-sequences', 1750000000000);
        CREATE TABLE orders (
        id INTEGER NOT NULL PRIMARY KEY,
        reference VARCHAR(40) NOT NULL UNIQUE,
        open_key VARCHAR(180) NOT NULL UNIQUE,
        template VARCHAR(100) NOT NULL,
        backend_ca VARCHAR(100) NOT NULL,
        product VARCHAR(200) NOT NULL,
        subscriber_id VARCHAR(64) NOT NULL,
        user_principal_name VARCHAR(320) NOT NULL,
        names TEXT NOT NULL,
        request TEXT NOT NULL,
        replaces_order_id INTEGER,
        stage VARCHAR(20) NOT NULL,
        attempt INTEGER NOT NULL,
        submitted_at INTEGER,
        ca_request_id VARCHAR(200),
        ca_identifiers TEXT NOT NULL,
        waiting_for VARCHAR(40),
        detail TEXT,
        held INTEGER NOT NULL,
        hold_reason TEXT,
        cancel_requested INTEGER NOT NULL,
        error_kind VARCHAR(40),
        failures INTEGER NOT NULL,
        next_action_at INTEGER,
        certificate_id INTEGER,
        resume_stage VARCHAR(20),
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        event_count INTEGER NOT NULL,
        lease_owner VARCHAR(100),
        lease_until INTEGER,
        fence INTEGER NOT NULL,
        due_at INTEGER);
        CREATE INDEX orders_due ON orders (backend_ca, due_at);
        CREATE INDEX orders_subscriber ON orders (template, subscriber_id);
        CREATE INDEX orders_stage ON orders (template, stage, held);
        CREATE TABLE order_events (
        order_id INTEGER NOT NULL REFERENCES orders (id),
        sequence_number INTEGER NOT NULL,
        occurred_at INTEGER NOT NULL,
        stage VARCHAR(20) NOT NULL,
        kind VARCHAR(60) NOT NULL,
        message TEXT NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (order_id, sequence_number));
        CREATE TRIGGER order_events_no_update BEFORE UPDATE ON order_events BEGIN SELECT RAISE(ABORT, 'order_events is append-only'); END;
        CREATE TRIGGER order_events_no_delete BEFORE DELETE ON order_events BEGIN SELECT RAISE(ABORT, 'order_events is append-only'); END;
        INSERT INTO migrations VALUES ('ledger-1-orders', 1750000000000);
        CREATE TABLE certificates (
        id INTEGER NOT NULL PRIMARY KEY,
        order_id INTEGER NOT NULL REFERENCES orders (id),
        template VARCHAR(100) NOT NULL,
        backend_ca VARCHAR(100) NOT NULL,
        subscriber_id VARCHAR(64) NOT NULL,
        user_principal_name VARCHAR(320) NOT NULL,
        der BLOB NOT NULL,
        chain_ids VARCHAR(200) NOT NULL,
        serial_number VARCHAR(80) NOT NULL,
        issuer TEXT NOT NULL,
        subject TEXT NOT NULL,
        sha1_fingerprint VARCHAR(40) NOT NULL,
        sha256_fingerprint VARCHAR(64) NOT NULL UNIQUE,
        not_before INTEGER NOT NULL,
        not_after INTEGER NOT NULL,
        email_addresses TEXT NOT NULL,
        status VARCHAR(20) NOT NULL,
        created_at INTEGER NOT NULL);
        CREATE INDEX certificates_order ON certificates (order_id);
        CREATE INDEX certificates_subscriber ON certificates (subscriber_id);
        CREATE INDEX certificates_serial ON certificates (serial_number);
        CREATE INDEX certificates_end ON certificates (status, not_after);
        CREATE TABLE ca_certificates (
        id INTEGER NOT NULL PRIMARY KEY,
        byte_count INTEGER NOT NULL,
        der BLOB NOT NULL);
        CREATE INDEX ca_certificates_size ON ca_certificates (byte_count);
        CREATE TABLE order_keys (
        id INTEGER NOT NULL PRIMARY KEY,
        order_id INTEGER NOT NULL REFERENCES orders (id),
        erased INTEGER NOT NULL,
        public_key BLOB NOT NULL,
        csr BLOB NOT NULL,
        sealed_size INTEGER NOT NULL,
        sealed BLOB NOT NULL);
        CREATE INDEX order_keys_order ON order_keys (order_id);
        CREATE TABLE archived_keys (
        order_id INTEGER NOT NULL PRIMARY KEY REFERENCES orders (id),
        certificate_id INTEGER NOT NULL REFERENCES certificates (id),
        cms BLOB NOT NULL,
        recipients TEXT NOT NULL,
        created_at INTEGER NOT NULL);
        CREATE INDEX archived_keys_certificate ON archived_keys (certificate_id);
        INSERT INTO migrations VALUES ('ledger-2-certificates-and-keys', 1750000000000);
        CREATE TABLE documents (
        kind VARCHAR(60) NOT NULL,
        name VARCHAR(100) NOT NULL,
        revision INTEGER NOT NULL,
        body TEXT NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (kind, name));
        CREATE TABLE gateway_state (
        name VARCHAR(190) NOT NULL PRIMARY KEY,
        content TEXT NOT NULL);
        INSERT INTO migrations VALUES ('ledger-3-configuration', 1750000000000);
        ALTER TABLE orders ADD connection VARCHAR(400);
        ALTER TABLE orders ADD doubt_kind VARCHAR(40);
        ALTER TABLE orders ADD doubt TEXT;
        INSERT INTO migrations VALUES ('ledger-4-connection-and-doubt', 1750000000000);
        CREATE TABLE standing_changes (
        template VARCHAR(100) NOT NULL,
        number INTEGER NOT NULL,
        subscriber_id VARCHAR(64) NOT NULL,
        PRIMARY KEY (template, number));
        INSERT INTO migrations VALUES ('ledger-5-standing-changes', 1750000000000);
        CREATE INDEX orders_ca_request ON orders (backend_ca, ca_request_id);
        INSERT INTO migrations VALUES ('ledger-6-ca-request-ids', 1750000000000);
        CREATE TABLE key_recoveries (
        id INTEGER NOT NULL PRIMARY KEY,
        occurred_at INTEGER NOT NULL,
        order_id INTEGER REFERENCES orders (id),
        certificate TEXT NOT NULL,
        subscriber TEXT,
        actor TEXT NOT NULL,
        purpose TEXT NOT NULL,
        agent TEXT,
        agent_fingerprint VARCHAR(64),
        outcome VARCHAR(20) NOT NULL,
        detail TEXT NOT NULL);
        CREATE INDEX key_recoveries_order ON key_recoveries (order_id);
        CREATE TRIGGER key_recoveries_no_update BEFORE UPDATE ON key_recoveries BEGIN SELECT RAISE(ABORT, 'key_recoveries is append-only'); END;
        CREATE TRIGGER key_recoveries_no_delete BEFORE DELETE ON key_recoveries BEGIN SELECT RAISE(ABORT, 'key_recoveries is append-only'); END;
        INSERT INTO migrations VALUES ('ledger-7-key-recoveries', 1750000000000);
        ALTER TABLE orders ADD secrets_mark VARCHAR(64);
        INSERT INTO migrations VALUES ('ledger-8-secrets-mark', 1750000000000);
        INSERT INTO id_sequences VALUES ('orders', 2), ('certificates', 1), ('ca_certificates', 1), ('order_keys', 1), ('submissions', 1), ('standing_changes', 1);
        INSERT INTO orders (id, reference, open_key, template, backend_ca, product, subscriber_id, user_principal_name, names, request, stage, attempt, submitted_at, ca_request_id, ca_identifiers, held, cancel_requested, failures, certificate_id, created_at, updated_at, event_count, fence, connection) VALUES (1, 'cw-aaaaaaaaaaaaaaaaaaaa', 'cw-aaaaaaaaaaaaaaaaaaaa', 'smime', 'digicert', 'client_premium', 'ada', 'ada@example.test', '{}', '{}', 'active', 1, 1750000000000, '4711', '{}', 0, 0, 0, 1, 1750000000000, 1750000000000, 1, 1, 'digicert');
        INSERT INTO orders (id, reference, open_key, template, backend_ca, product, subscriber_id, user_principal_name, names, request, stage, attempt, ca_identifiers, held, cancel_requested, failures, created_at, updated_at, event_count, lease_owner, lease_until, fence, due_at) VALUES (2, 'cw-bbbbbbbbbbbbbbbbbbbb', 'smime|bob', 'smime', 'digicert', 'ppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp', 'bob', 'bob@example.test', '{}', '{}', 'planned', 0, '{}', 0, 0, 0, 1750000000000, 1750000000000, 1, 'host:/var/lib/certway', 1750000300000, 1, 1750000300000);
        INSERT INTO order_events VALUES (1, 1, 1750000000000, 'planned', 'planned', 'planned', '{}'), (2, 1, 1750000000000, 'planned', 'planned', 'planned', '{}');
        INSERT INTO ca_certificates VALUES (1, 2, x'0405');
        INSERT INTO certificates VALUES (1, 1, 'smime', 'digicert', 'ada', 'ada@example.test', x'010203', '1', '0A1', 'CN=Issuing CA', 'CN=1', '11', '21', 1700000000000, 1731536000000, '["ada@example.test"]', 'active', 1750000000000);
        INSERT INTO order_keys VALUES (1, 1, 0, x'02', x'03', 1, x'01');
        INSERT INTO gateway_state VALUES ('sealingKey', '{"id":"abc"}')
        """#
}
