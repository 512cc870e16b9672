// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import JSONDocuments

/// `certway-benchmark store`: orders on their way through the stages of the ledger, with a CA that answers at once.
enum StoreCommand {
    static let command = Command(
        "store", "carry orders through the ledger's stages on an engine that is started for it",
        options: [
            .choice("engine", StoreEngine.allCases.map(\.rawValue), "the database", default: "sqlite"),
            .value("orders", "N", "orders", default: "1000"),
            .value("stored", "N", "orders that are done already", default: "0"),
            .value("nodes", "N", "nodes that share the work", default: "1"),
        ]
    ) { invocation in
        let engine = invocation.value("engine").flatMap(StoreEngine.init) ?? .sqlite
        let orders = try invocation.int("orders", in: 1...1_000_000) ?? 1
        let nodes = try invocation.int("nodes", in: 1...16) ?? 1
        let place = try await StorePlace(engine)
        let work = StoreWork(doors: try await place.open(nodes))
        try await work.store(try invocation.int("stored", in: 0...10_000_000) ?? 0)
        let before = work.roundTrips
        let time = ProcessorTime()
        try await work.carry(orders)
        let result: JSONValue = [
            "orders": JSONValue(orders), "seconds": .number(time.seconds), "cpuSeconds": .number(time.cpuSeconds),
            "roundTrips": .number(Double(work.roundTrips - before)),
        ]
        try await place.end()
        Terminal.print(json: result.text)
        return .done
    }
}
