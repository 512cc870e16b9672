// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension IncidentStore {
    public static let migrations: [Migration] = [
        Migration("incidents-1") { sql in
            [
                """
                CREATE TABLE incidents (
                    id \(sql.integer) NOT NULL PRIMARY KEY,
                    \(sql.column("name", 100)) NOT NULL UNIQUE,
                    \(sql.column("state", 20)) NOT NULL,
                    pause \(sql.longText),
                    \(sql.column("reason", 40)) NOT NULL,
                    cause \(sql.longText) NOT NULL,
                    actor \(sql.longText) NOT NULL,
                    started_at \(sql.integer) NOT NULL,
                    deadline \(sql.integer) NOT NULL,
                    \(sql.column("backend_ca", 100)),
                    \(sql.column("product", 200)),
                    canary \(sql.integer) NOT NULL,
                    canary_automatic \(sql.integer) NOT NULL,
                    canary_passed_at \(sql.integer),
                    wave \(sql.integer),
                    pace \(sql.integer),
                    accepted \(sql.integer) NOT NULL,
                    revokes_at_deadline \(sql.integer) NOT NULL,
                    selection \(sql.longText) NOT NULL,
                    measured_from \(sql.integer) NOT NULL,
                    ended_at \(sql.integer),
                    event_count \(sql.integer) NOT NULL)
                """,
                ids.creation,
                """
                CREATE TABLE incident_items (
                    incident_id \(sql.integer) NOT NULL,
                    certificate_id \(sql.integer) NOT NULL,
                    place \(sql.integer) NOT NULL,
                    order_id \(sql.integer) NOT NULL,
                    \(sql.column("template", 100)) NOT NULL,
                    \(sql.column("subscriber_id", 64)) NOT NULL,
                    \(sql.column("user_principal_name", 320)) NOT NULL,
                    \(sql.column("serial_number", 80)) NOT NULL,
                    \(sql.column("proof", 20)) NOT NULL,
                    wave \(sql.integer),
                    released_at \(sql.integer),
                    \(sql.column("state", 20)) NOT NULL,
                    reason \(sql.longText),
                    successor_id \(sql.integer),
                    delivered_at \(sql.integer),
                    changed_at \(sql.integer) NOT NULL,
                    PRIMARY KEY (incident_id, certificate_id),
                    FOREIGN KEY (incident_id) REFERENCES incidents (id),
                    FOREIGN KEY (certificate_id) REFERENCES certificates (id))
                """,
                "CREATE INDEX incident_items_person ON incident_items (template, subscriber_id)",
                // One row for each certificate of an incident that is open: nothing is replaced for two of them.
                """
                CREATE TABLE incident_claims (
                    certificate_id \(sql.integer) NOT NULL PRIMARY KEY,
                    incident_id \(sql.integer) NOT NULL,
                    FOREIGN KEY (incident_id) REFERENCES incidents (id))
                """,
                "CREATE INDEX incident_claims_incident ON incident_claims (incident_id)",
                """
                CREATE TABLE incident_events (
                    incident_id \(sql.integer) NOT NULL,
                    sequence_number \(sql.integer) NOT NULL,
                    occurred_at \(sql.integer) NOT NULL,
                    \(sql.column("kind", 60)) NOT NULL,
                    actor \(sql.longText) NOT NULL,
                    message \(sql.longText) NOT NULL,
                    PRIMARY KEY (incident_id, sequence_number),
                    FOREIGN KEY (incident_id) REFERENCES incidents (id))
                """,
            ] + sql.appendOnly("incident_events")
        }
    ]
}
