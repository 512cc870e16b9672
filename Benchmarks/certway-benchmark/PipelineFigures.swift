// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// P-256: what a certificate costs beside its key, in processor time of the gateway's process.
struct PipelineFigures {
    let bench: Bench

    func run() throws -> [Figure] {
        let bare = bench.program(
            "certway-benchmark", ["cryptography", "--key", "p256", "--count", "\(bench.scale.keys)"])
        let demos = bench.connectors.map { ($0.title, bench.demo($0.name, key: "p256")) }
        var costs = [Series](repeating: Series(), count: demos.count)
        var ratios = costs
        for round in 1...bench.scale.rounds {
            bench.say("P-256, round \(round) of \(bench.scale.rounds)")
            for (index, demo) in demos.enumerated() {
                let cryptography = try bare.run().cost("certificates")
                let pipeline = try demo.1.run().cost("opened")
                costs[index].add(pipeline * 1000)
                ratios[index].add(pipeline / cryptography)
            }
        }
        return demos.enumerated().flatMap { index, demo in
            [
                Figure(
                    title: "P-256, \(demo.0): processor time per certificate", unit: .milliseconds,
                    series: costs[index], commands: [demo.1.text]),
                Figure(
                    title: "P-256, \(demo.0): processor time per certificate, of the bare cryptography", unit: .ratio,
                    series: ratios[index], commands: [demo.1.text, bare.text]),
            ]
        }
    }
}
