// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// What the ledger costs on each engine: orders per second for several nodes, round trips, and how it grows with what is stored.
struct StoreFigures {
    let bench: Bench

    func run() throws -> [Figure] {
        try StoreEngine.allCases.flatMap { engine in
            // Several programs on one file wait for each other's lock.
            let nodes = engine == .sqlite ? [1] : [1, 2, 4]
            return try nodes.flatMap { try figures(engine, nodes: $0) } + [growth(engine)]
        }
    }

    private func measure(_ engine: StoreEngine, nodes: Int, stored: Int) -> Measurement {
        bench.program(
            "certway-benchmark",
            [
                "store", "--engine", engine.rawValue, "--orders", "\(bench.scale.storeOrders)", "--nodes", "\(nodes)",
                "--stored", "\(stored)",
            ])
    }

    private func seconds(_ result: JSONValue) throws -> Double {
        guard let seconds = result["seconds"]?.number, seconds > 0 else {
            throw BenchmarkError("a measurement without seconds: \(result.text)")
        }
        return seconds
    }

    private func figures(_ engine: StoreEngine, nodes: Int) throws -> [Figure] {
        let measurement = measure(engine, nodes: nodes, stored: 0)
        var (rates, trips) = (Series(), Series())
        for round in 1...bench.scale.storeRounds {
            bench.say("store, \(engine.rawValue), \(nodes) nodes, round \(round) of \(bench.scale.storeRounds)")
            let result = try measurement.run()
            rates.add(Double(bench.scale.storeOrders) / (try seconds(result)))
            trips.add((result["roundTrips"]?.number ?? .nan) / Double(bench.scale.storeOrders))
        }
        let title = "store, \(engine.rawValue), \(nodes) node\(nodes == 1 ? "" : "s")"
        let perSecond = Figure(title: "\(title): orders", unit: .perSecond, series: rates, commands: [measurement.text])
        guard nodes == 1, engine != .sqlite else { return [perSecond] }
        return [
            perSecond,
            Figure(
                title: "\(title): round trips per order", unit: .times, series: trips, goal: .below(8.01),
                commands: [measurement.text]),
        ]
    }

    private func growth(_ engine: StoreEngine) throws -> Figure {
        let (few, many) = (
            measure(engine, nodes: 1, stored: bench.scale.stored.few),
            measure(engine, nodes: 1, stored: bench.scale.stored.many)
        )
        var series = Series()
        for round in 1...bench.scale.storeRounds {
            bench.say("store, \(engine.rawValue), growing, round \(round) of \(bench.scale.storeRounds)")
            let small = try seconds(few.run())
            series.add(try seconds(many.run()) / small)
        }
        return Figure(
            title:
                "store, \(engine.rawValue): an order beside \(bench.scale.stored.many), of one beside \(bench.scale.stored.few)",
            unit: .ratio, series: series, goal: .below(1.2), commands: [few.text, many.text])
    }
}
