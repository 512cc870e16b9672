// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// RSA-2048: how much of what key generation alone reaches the whole pipeline keeps, and what a certificate costs beside its key
/// in processor time of the gateway's own process, which no sandbox on the same cores disturbs.
struct KeyFigures {
    let bench: Bench

    func run() throws -> [Figure] {
        let threads = "\(ProcessInfo.processInfo.activeProcessorCount)"
        let own = bench.program(
            "certway-benchmark",
            ["keys", "--key", "rsa2048", "--threads", threads, "--count", "\(bench.scale.keys)"])
        let openSSL = bench.bare("rsa-keys", [threads, "\(bench.scale.openSSLKeys)"])
        let demos = bench.connectors.map { ($0.title, bench.demo($0.name, key: "rsa2048")) }
        var shares = [Series](repeating: Series(), count: demos.count)
        var (multiples, costs) = (shares, shares)
        for round in 1...bench.scale.rounds {
            bench.say("RSA-2048, round \(round) of \(bench.scale.rounds)")
            var before = try own.run()
            var rates: [Double] = []
            for (index, demo) in demos.enumerated() {
                let result = try demo.1.run()
                let certificates = try rate(result, "opened")
                let after = try own.run()
                // What stands before and after, so that a machine that slows down meanwhile does not count.
                shares[index].add(certificates / ((try rate(before, "keys") + rate(after, "keys")) / 2))
                let key = (try before.cost("keys") + after.cost("keys")) / 2
                costs[index].add(try result.cost("opened") / key)
                rates.append(certificates)
                before = after
            }
            let bare = try rate(openSSL.run(), "keys")
            for (index, rate) in rates.enumerated() { multiples[index].add(rate / bare) }
        }
        return demos.enumerated().flatMap { index, demo in
            [
                Figure(
                    title: "RSA-2048, \(demo.0): certificates per second, of bare key generation", unit: .ratio,
                    series: shares[index], goal: .atLeast(0.9), commands: [demo.1.text, own.text]),
                Figure(
                    title: "RSA-2048, \(demo.0): certificates per second, of OpenSSL's key generation", unit: .ratio,
                    series: multiples[index], goal: .atLeast(4), commands: [demo.1.text, openSSL.text]),
                Figure(
                    title: "RSA-2048, \(demo.0): the gateway's processor time per certificate, of the bare key's",
                    unit: .ratio, series: costs[index], goal: .below(1.15), commands: [demo.1.text, own.text]),
            ]
        }
    }

    private func rate(_ result: JSONValue, _ member: String) throws -> Double {
        guard let count = result[member]?.number, let seconds = result["seconds"]?.number, seconds > 0 else {
            throw BenchmarkError("a measurement without \(member) and seconds: \(result.text)")
        }
        return count / seconds
    }
}
