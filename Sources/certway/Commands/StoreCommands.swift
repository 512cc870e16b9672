// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Records
import Store

/// `certway store`: the database under the gateway.
enum StoreCommands {
    static let command = Command(
        "store", "the database: what it is, whether it is good, its schema, moving it",
        discussion: """
            It is one SQLite file in the gateway's folder, DIR/certway.db, or a database on a server, which several gateways may share:
            --store URL, CERTWAY_STORE or DIR/store.yaml names it, as ENGINE://USER@HOST:PORT/DATABASE?password=env:NAME with mariadb,
            mysql, postgresql or sqlserver for ENGINE. See docs/store.md.
            """,
        subcommands: [status, check, migrate, copy])

    private static let status = Command(
        "status", "engine, version, schema, rows and size",
        examples: [
            ("certway store status", "what is there"), ("certway store status --output json", "the same for programs"),
        ]
    ) { invocation in
        let door = try await StoreDoor.open(invocation.home)
        let status = try await StoreStatus.read(door.database)
        if invocation.wantsJSON {
            Terminal.print(json: status.json(at: door.place).text)
            return .done
        }
        let size = status.byteCount.map { ", \($0) bytes" } ?? ""
        Terminal.print("\(status.engine) \(status.version)\(size): \(door.place)")
        let migrations = status.migrations
        Terminal.print(
            "\(Plural(migrations.applied.count, "step")) of the schema applied, \(migrations.missing.count) missing")
        for name in migrations.missing { Terminal.print("missing: \(name)") }
        for name in migrations.unknown { Terminal.print("of a newer certway: \(name)") }
        guard !status.rows.isEmpty else { return .done }
        var table = TextTable("TABLE", "ROWS")
        for row in status.rows { table.add(row.table, "\(row.count)") }
        Terminal.print(lines: "\n" + table.text)
        return .done
    }

    private static let check = Command(
        "check", "try what the gateway needs of the database; nothing of it stays",
        discussion: """
            Version, schema, rights, how text is compared, isolation, how long a question and a commit take, and how far the two clocks
            are apart. Exit status 4: something is not as it should be.
            """,
        examples: [("certway store check", "before the first 'certway serve', and when something is slow")]
    ) { invocation in
        let check = try await StoreCheck.run(try await StoreDoor.open(invocation.home).database)
        if invocation.wantsJSON {
            Terminal.print(json: check.json.text)
        } else {
            var table = TextTable("CHECK", "GOOD", "FOUND")
            for finding in check.findings { table.add(finding.name, finding.isGood ? "yes" : "NO", finding.sentence) }
            Terminal.print(lines: table.text)
        }
        return check.isGood ? .done : .partlyDone
    }

    private static let migrate = Command(
        "migrate", "bring the schema to this version",
        discussion: """
            What every other command does by itself, too: here it can be seen before. Two at once do it once.
            """,
        options: [.flag("dry-run", "only name the missing steps")],
        examples: [
            ("certway store migrate --dry-run", "what an update would change"), ("certway store migrate", "do it"),
        ]
    ) { invocation in
        let door = try await StoreDoor.open(invocation.home)
        let missing = try await Migrator(GatewayStore.migrations).status(of: door.database).missing
        let isDryRun = invocation.flag("dry-run")
        let applied =
            isDryRun
            ? [] : try await GatewayStore.migrate(door, invocation.home, by: AuditActor(named: invocation.actor))
        if invocation.wantsJSON {
            let value: JSONValue = ["missing": JSONValue(isDryRun ? missing : []), "applied": JSONValue(applied)]
            Terminal.print(json: value.text)
            return .done
        }
        for name in isDryRun ? missing : applied { Terminal.print("\(isDryRun ? "missing" : "applied"): \(name)") }
        if missing.isEmpty { Terminal.print("the schema is that of this version") }
        return .done
    }

    private static let copy = Command(
        "copy", "copy everything into an empty database",
        discussion: """
            With every node stopped. Row by row, in bounded transactions: a copy that broke off is gone on with by the same command. At
            the end rows and checksums of both sides are compared, table by table. Whatever the target holds already is never
            overwritten. Afterwards work on the target alone: what both order, both pay.
            """,
        options: [
            .value("from", "URL", "the database that is full"), .value("to", "URL", "the empty one"),
            .flag("dry-run", "only look whether it could be copied, and how much"),
        ],
        examples: [
            ("certway store copy --from sqlite:certway-backup.db --to sqlite:other.db --dry-run", "how much is it?"),
            ("certway store copy --from sqlite:certway-backup.db --to sqlite:other.db", "copy, and compare"),
            (
                "certway store copy --from sqlite:certway.db --to 'postgresql://certway@db.example/certway?password=env:PGPASSWORD'",
                "move to a server"
            ),
        ]
    ) { invocation in
        guard let from = invocation.value("from"), let to = invocation.value("to") else {
            throw UsageError("say both --from URL and --to URL", path: invocation.path)
        }
        let source = try await StoreDoor.open(invocation.home, store: from, option: "--from")
        if invocation.flag("dry-run") {
            let target =
                try StoreDoor.isThere(to, option: "--to")
                ? try await StoreDoor.open(invocation.home, store: to, option: "--to") : nil
            let rows = try await StoreCopy.plan(from: source.database, to: target?.database)
            show(rows.map { (name: $0.name, rows: $0.rows, checksum: String?.none) }, invocation)
            return .done
        }
        let target = try await StoreDoor.open(invocation.home, store: to, option: "--to", mayCreate: true)
        let progress = ProgressLine()
        let tables = try await StoreCopy(from: source.database, to: target.database).run(
            by: AuditActor(named: invocation.actor), AuditOrigin(command: invocation.home.command)
        ) { done in
            progress.show("\(done.isComparing ? "comparing" : "copying") \(done.table), \(done.rows) rows")
        }
        progress.clear()
        show(tables.map { (name: $0.name, rows: $0.rows, checksum: $0.checksum) }, invocation)
        return .done
    }

    private static func show(_ tables: [(name: String, rows: Int64, checksum: String?)], _ invocation: Invocation) {
        let isCopied = tables.contains { $0.checksum != nil }
        if invocation.wantsJSON {
            let rows = tables.map { table -> JSONValue in
                ["table": .string(table.name), "rows": JSONValue(Int(table.rows)), "sha256": JSONValue(table.checksum)]
            }
            Terminal.print(json: (["copied": JSONValue(isCopied), "tables": .array(rows)] as JSONValue).text)
            return
        }
        var table = TextTable("TABLE", "ROWS", .optional("SHA-256", 1))
        for row in tables { table.add(row.name, "\(row.rows)", String((row.checksum ?? "").prefix(16))) }
        Terminal.print(lines: table.text)
        Terminal.print(
            isCopied
                ? "copied, and found equal on both sides: work on the target alone from now on" : "nothing was copied")
    }
}
