// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments

/// Each connector against bare libcurl: orders per second and processor time per order, with the same requests to the same
/// instant server.
struct ConnectorFigures {
    let bench: Bench

    func run() throws -> [Figure] {
        try bench.imitated.flatMap { try figures(of: $0) }
    }

    private func figures(of profile: ConnectorProfile) throws -> [Figure] {
        let record = "\(bench.folder)/\(profile.name)"
        let recording = bench.program("certway-benchmark", ["record", profile.name, record])
        _ = try recording.run()
        let server = try ServiceProcess(Programs.sibling("certway-benchmark"), ["answer", record])
        let url = server.description["url"]?.string ?? ""
        let orders = bench.scale.orders
        let file = RecordedOrder(folder: record).exchangesFile
        let bareOrders = bench.scale.bareOrders
        let bare = bench.bare("http-loop", [file, url, "\(bareOrders)"])
        // Who speaks CMC signs each request, and the loop does so, too.
        let signing = profile.module == "cmc" ? ["\(record)/secret-operatorCertificate"] : []
        let reading = bench.bare("http-loop", [file, url, "\(orders)", "read"] + signing)
        // An answer of CMC carries the nonce of its request, so it cannot come from a record.
        let source = profile.module == "cmc" ? ["--live", profile.name] : ["--server", url]
        let serving = [recording.text, "certway-benchmark answer DIR/\(profile.name)"]
        return try [("one at a time", 1), ("16 at a time", 16)].flatMap { title, concurrency in
            let module = bench.program(
                "certway-benchmark",
                ["orders", record] + source + ["--count", "\(orders)", "--concurrency", "\(concurrency)"])
            var (rates, costs, ofCurl, ofReading) = (Series(), Series(), Series(), Series())
            for round in 1...bench.scale.rounds {
                bench.say("\(profile.name), \(title), round \(round) of \(bench.scale.rounds)")
                let (curl, result) = (try cpu(bare.run()) * Double(orders) / Double(bareOrders), try module.run())
                let cost = try cpu(result)
                if let seconds = result["seconds"]?.number { rates.add(Double(orders) / seconds) }
                costs.add(cost / Double(orders) * 1000)
                ofCurl.add(cost / curl)
                ofReading.add(cost / (try cpu(reading.run())))
            }
            let name = "\(profile.name), \(title)"
            return [
                Figure(
                    title: "\(name): orders", unit: .perSecond, series: rates, commands: serving + [module.text]),
                Figure(
                    title: "\(name): processor time per order", unit: .milliseconds, series: costs,
                    commands: [module.text]),
                Figure(
                    title: "\(name): processor time, of a bare libcurl loop", unit: .ratio, series: ofCurl,
                    commands: [module.text, bare.text]),
                Figure(
                    title: "\(name): processor time, of libcurl that reads", unit: .ratio, series: ofReading,
                    goal: .below(2), commands: [module.text, reading.text]),
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
