// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// The table of what was read about deliveries; all nodes share it.
public enum ReadingTables {
    public static let migrations: [Migration] = [
        Migration("delivery-proof-1-readings") { sql in
            [
                """
                CREATE TABLE delivery_readings (
                    certificate_id \(sql.integer) NOT NULL PRIMARY KEY,
                    \(sql.column("standing", 20)) NOT NULL,
                    \(sql.column("fault", 60)),
                    read_at \(sql.integer) NOT NULL,
                    next_at \(sql.integer) NOT NULL,
                    reading \(sql.longText) NOT NULL,
                    FOREIGN KEY (certificate_id) REFERENCES certificates (id))
                """,
                "CREATE INDEX delivery_readings_next ON delivery_readings (next_at)",
                "CREATE INDEX delivery_readings_fault ON delivery_readings (fault, certificate_id)",
            ]
        },
        // Null for what was read before; the next reading says it.
        Migration("delivery-proof-2-devices") { sql in
            ["ALTER TABLE delivery_readings ADD installed \(sql.integer)"]
        },
    ]
}
