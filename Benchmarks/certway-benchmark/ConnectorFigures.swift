// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// The REST module against bare libcurl: processor time per order, with the same requests to the same instant server.
struct ConnectorFigures {
    let bench: Bench

    func run() throws -> [Figure] {
        guard let connector = bench.restConnector else { return [] }
        let record = "\(bench.folder)/record"
        let recording = bench.program("certway-benchmark", ["record", connector, record])
        _ = try recording.run()
        let server = try ServiceProcess(Programs.sibling("certway-benchmark"), ["answer", record])
        let url = server.description["url"]?.string ?? ""
        let orders = bench.scale.orders
        let file = RecordedOrder(folder: record).exchangesFile
        // The bare loop is so short that it needs more rounds for a figure.
        let bare = bench.bare("http-loop", [file, url, "\(orders * 10)"])
        let reading = bench.bare("http-loop", [file, url, "\(orders)", "read"])
        let ways = [("one order at a time", 1), ("32 orders at a time", 32)].map { title, concurrency in
            let arguments = [
                "orders", record, "--server", url, "--count", "\(orders)", "--concurrency", "\(concurrency)",
            ]
            return (title: title, module: bench.program("certway-benchmark", arguments))
        }
        let empty = [Series](repeating: Series(), count: ways.count)
        var (costs, ofCurl, ofReading) = (empty, empty, empty)
        for round in 1...bench.scale.rounds {
            bench.say("REST module, round \(round) of \(bench.scale.rounds)")
            for (index, way) in ways.enumerated() {
                let (curl, module, both) = (try cpu(bare.run()) / 10, try cpu(way.module.run()), try cpu(reading.run()))
                costs[index].add(module / Double(orders) * 1000)
                ofCurl[index].add(module / curl)
                ofReading[index].add(module / both)
            }
        }
        let serving = [recording.text, "certway-benchmark answer DIR/record"]
        return ways.enumerated().flatMap { index, way in
            let title = "REST module, \(way.title): processor time per order"
            return [
                Figure(
                    title: title, unit: .milliseconds, series: costs[index], commands: serving + [way.module.text]),
                Figure(
                    title: "\(title), of a bare libcurl loop", unit: .ratio, series: ofCurl[index], goal: .below(2),
                    commands: [way.module.text, bare.text]),
                Figure(
                    title: "\(title), of libcurl that reads", unit: .ratio, series: ofReading[index], goal: .below(2),
                    commands: [way.module.text, reading.text]),
            ]
        }
    }

    private func cpu(_ result: JSONValue) throws -> Double {
        guard let seconds = result["cpuSeconds"]?.number, seconds > 0 else {
            throw BenchmarkError("a measurement without cpuSeconds: \(result.text)")
        }
        return seconds
    }
}
