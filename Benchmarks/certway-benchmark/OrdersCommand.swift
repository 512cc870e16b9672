// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import JSONDocuments

/// `certway-benchmark orders`: the connector module at work, as the host loads and calls it.
enum OrdersCommand {
    static let command = Command(
        "orders", "place the recorded order again and again",
        arguments: [Argument("DIR", "folder that 'record' has filled")],
        options: [
            .value("server", "URL", "server of 'certway-benchmark answer'"),
            .value("live", "CONNECTOR", "start its sandbox CA instead: for answers that fit one request only"),
            .value("count", "N", "orders", default: "1000"),
            .value("concurrency", "N", "orders at a time", default: "1"),
        ]
    ) { invocation in
        let count = try invocation.int("count", in: 1...10_000_000) ?? 1
        let concurrency = try invocation.int("concurrency", in: 1...1000) ?? 1
        let order = RecordedOrder(folder: invocation.requiredWord("DIR"))
        let profiles = BenchmarkProfiles(folder: order.folder)
        let sandbox = try invocation.value("live").map { try order.prepare($0, profiles) }
        defer { withExtendedLifetime(sandbox) {} }
        let backend = try order.backend(profiles, server: invocation.value("server"))
        let placement = OrderPlacement(backend: backend, request: try order.request())
        // Warm: connections, caches.
        try await place(placement, count: 50 * concurrency, concurrency: concurrency)
        let time = ProcessorTime()
        try await place(placement, count: count, concurrency: concurrency)
        let result: JSONValue = [
            "orders": JSONValue(count), "seconds": .number(time.seconds), "cpuSeconds": .number(time.cpuSeconds),
        ]
        Terminal.print(json: result.text)
        return .done
    }

    private static func place(_ placement: OrderPlacement, count: Int, concurrency: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<concurrency {
                group.addTask {
                    for _ in stride(from: lane, to: count, by: concurrency) { _ = try await placement.place() }
                }
            }
            try await group.waitForAll()
        }
    }
}
