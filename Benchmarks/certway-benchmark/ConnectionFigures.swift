// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a new TLS connection costs the gateway, in processor time of its own.
struct ConnectionFigures {
    let bench: Bench

    private static let titles: [ConnectionsCommand.Kind: String] = [
        .resumed: "resumed session", .new: "new client", .system: "system's roots, refused by them",
    ]

    func run() throws -> [Figure] {
        try ConnectionsCommand.Kind.allCases.map { kind in
            let command = bench.program(
                "certway-benchmark", ["connections", "--kind", kind.rawValue, "--count", "\(bench.scale.connections)"])
            var series = Series()
            for round in 1...bench.scale.rounds {
                bench.say("TLS connections, \(kind.rawValue), round \(round) of \(bench.scale.rounds)")
                series.add(try command.run().cost("connections") * 1000)
            }
            return Figure(
                title: "a new TLS connection, \(Self.titles[kind] ?? ""): processor time", unit: .milliseconds,
                series: series, goal: .below(5), commands: [command.text])
        }
    }
}
