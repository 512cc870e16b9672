// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import JSONDocuments
import Ledger
import Store

/// `certway-benchmark console`: the lists and searches of the console, on a ledger of many certificates.
enum ConsoleCommand {
    static let command = Command(
        "console", "lists and searches of the console on a ledger of many certificates",
        discussion: """
            Fills a ledger as the program before key sets has left it, brings it up to date, which is timed, and asks for each
            list and search again and again.
            """,
        options: [
            .choice("engine", StoreEngine.allCases.map(\.rawValue), "the database", default: "sqlite"),
            .value("certificates", "N", "certificates, five of each person", default: "10000"),
            .value("rounds", "N", "how often each is asked for", default: "100"),
        ]
    ) { invocation in
        let engine = invocation.value("engine").flatMap(StoreEngine.init) ?? .sqlite
        let count = try invocation.int("certificates", in: 100...10_000_000) ?? 10_000
        let rounds = try invocation.int("rounds", in: 3...10_000) ?? 100
        let place = try await StorePlace(engine)
        let newest =
            OrderLedger.migrations.firstIndex { $0.name.hasPrefix("ledger-18") } ?? OrderLedger.migrations.count
        let door = try await place.open(1, migrations: Array(OrderLedger.migrations.prefix(newest)))[0]
        let lists = ConsoleLists(database: door, count: count)
        try await lists.fill()
        let clock = ContinuousClock()
        let migration = try await clock.measure { try await Migrator(OrderLedger.migrations).migrate(door) }
        // The server does so by itself within a minute.
        if engine == .postgresql { try await door.write { try $0.execute("ANALYZE") } }
        Terminal.complain("certway-benchmark: brought up to date in \(migration)")
        var calls: [String: JSONValue] = [:]
        for (name, call) in lists.calls {
            var times: [Double] = []
            for round in 0..<rounds {
                times.append(try await clock.measure { try await call(round) } / .milliseconds(1))
            }
            times.sort()
            calls[name] = [
                "median": .number(times[times.count / 2]),
                "p99": .number(times[min(times.count - 1, times.count * 99 / 100)]),
            ]
            Terminal.complain("certway-benchmark: \(name) \(calls[name]?.text ?? "")")
        }
        let result: JSONValue = [
            "engine": .string(engine.rawValue), "certificates": JSONValue(count),
            "migrationSeconds": .number(migration / .seconds(1)), "milliseconds": .object(calls),
        ]
        await door.close()
        try await place.end()
        Terminal.print(json: result.text)
        return .done
    }
}
