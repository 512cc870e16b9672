// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// Tables of the directory mirror.
public enum DirectorySchema {
    public static let migrations =
        [
            Migration("directory-1-mirror") { dialect in
                let id = { dialect.column($0, 36) }
                let address = { dialect.column($0, 320) }
                return [
                    // People we met in any enrollment group. Empty attributes: a member the tenant did not show yet.
                    """
                    CREATE TABLE directory_users (
                        \(id("id")) NOT NULL PRIMARY KEY, \(address("user_principal_name")) NOT NULL, \(address("mail")),
                        is_deleted \(dialect.integer) NOT NULL, attributes \(dialect.longText) NOT NULL)
                    """,
                    "CREATE INDEX directory_users_by_name ON directory_users (user_principal_name)",
                    "CREATE INDEX directory_users_by_mail ON directory_users (mail)",
                    // Kept for each enrollment group by itself, so that one group's pass never depends on another's. The key
                    // finds the nested groups without passing the people.
                    """
                    CREATE TABLE directory_group_edges (
                        \(id("root_group")) NOT NULL, is_group \(dialect.integer) NOT NULL, \(id("group_id")) NOT NULL,
                        \(id("member_id")) NOT NULL, generation \(dialect.integer) NOT NULL,
                        PRIMARY KEY (root_group, is_group, group_id, member_id))
                    """,
                    "CREATE INDEX directory_group_edges_by_member ON directory_group_edges (member_id, root_group, is_group)",
                    """
                    CREATE TABLE enrollment_members (
                        \(id("user_id")) NOT NULL, \(id("root_group")) NOT NULL, present \(dialect.integer) NOT NULL,
                        change_number \(dialect.integer) NOT NULL, PRIMARY KEY (user_id, root_group))
                    """,
                    """
                    CREATE INDEX enrollment_members_by_change ON enrollment_members (root_group, change_number, user_id)
                    """,
                    """
                    CREATE TABLE directory_roots (
                        \(id("root_group")) NOT NULL PRIMARY KEY, name \(dialect.longText) NOT NULL,
                        scope \(dialect.longText) NOT NULL, users_epoch \(dialect.integer) NOT NULL,
                        member_count \(dialect.integer) NOT NULL, full_pass_at \(dialect.integer) NOT NULL)
                    """,
                    // Delta links: of the groups of one tree, numbered; and of the collections of the tenant, whose name is the
                    // owner, numbered by epoch.
                    """
                    CREATE TABLE directory_cursors (
                        \(id("owner")) NOT NULL, number \(dialect.integer) NOT NULL, selection \(dialect.longText) NOT NULL,
                        link \(dialect.longText) NOT NULL, PRIMARY KEY (owner, number))
                    """,
                ]
            },
            Migration("directory-2-addresses") { dialect in
                let id = { dialect.column($0, 36) }
                let address = { dialect.column($0, 320) }
                return [
                    // Who claims which mail address, in the whole tenant. The key finds the claims to one address.
                    """
                    CREATE TABLE directory_addresses (
                        \(address("address")) NOT NULL, \(id("owner_id")) NOT NULL, sources \(dialect.integer) NOT NULL,
                        PRIMARY KEY (address, owner_id))
                    """,
                    "CREATE INDEX directory_addresses_by_owner ON directory_addresses (owner_id)",
                    """
                    CREATE TABLE directory_claimants (
                        \(id("id")) NOT NULL PRIMARY KEY, \(dialect.column("kind", 10)) NOT NULL, name \(dialect.longText) NOT NULL,
                        generation \(dialect.integer) NOT NULL)
                    """,
                    // Which collections of the tenant were listed to their end, and at which epoch of their delta link.
                    """
                    CREATE TABLE directory_listings (
                        \(dialect.column("collection", 20)) NOT NULL PRIMARY KEY, epoch \(dialect.integer) NOT NULL,
                        listed_at \(dialect.integer) NOT NULL)
                    """,
                ]
            },
            Migration("directory-3-search") { dialect in
                // Null for those stored before.
                ["search_name", "search_addresses"].map { "ALTER TABLE directory_users ADD \($0) \(dialect.longText)" }
            },
            Migration("directory-4-counters") { _ in [changes, generations, epochs].map(\.creation) },
            Migration("directory-5-confirmation") { dialect in
                // When a listing that nothing has confirmed yet is made once more; null for one that stands.
                ["directory_roots", "directory_listings"].map { "ALTER TABLE \($0) ADD confirm_at \(dialect.integer)" }
            },
            Migration("directory-6-names", fill: DirectoryNameTable.fill) { dialect in
                // What people are found by: names, principal names, addresses, and their ends from each word on.
                [
                    """
                    CREATE TABLE directory_names (
                        \(dialect.column("name", nameLength)) NOT NULL, \(dialect.column("user_id", 36)) NOT NULL,
                        PRIMARY KEY (name, user_id))
                    """,
                    "CREATE INDEX directory_names_user ON directory_names (user_id)",
                ]
            },
        ] + MailboxTables.migrations + [
            Migration("directory-7-read-at") { dialect in
                // When the group and the addresses of the tenant were last read to their end; null for those of before.
                ["ALTER TABLE directory_roots ADD read_at \(dialect.integer)"]
            }
        ]

    /// Letters of a name that is searched, at most.
    static let nameLength = 320

    /// Rises with every change a planner must look at.
    static let changes = IdentifierSequence("directory_changes")
    /// Rises with every full pass.
    static let generations = IdentifierSequence("directory_generations")
    /// Rises with every new delta link of a collection of the tenant.
    static let epochs = IdentifierSequence("directory_epochs")
}
