// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import XMLDocuments

extension ConformanceReport {
    /// For build servers: a test case per check; what is not claimed, not applicable or skipped is `skipped`, with the
    /// reason, because JUnit knows no finer word.
    ///
    /// - Throws: never in practice; characters that XML cannot carry are replaced.
    public func junit() throws -> [UInt8] {
        // JUnit knows no verdict on a run, only on its cases.
        let whole = outcome.shortcoming.map {
            ConformanceResult(
                id: "run", title: "The run as a whole", fact: "Orders that are allowed lead to a certificate.",
                verdict: .failed($0), evidence: [], orders: 0, duration: .zero)
        }
        let results = outcome.results + [whole].compactMap(\.self)
        let failures = results.filter(\.verdict.isFailure).count
        let skipped = results.filter { $0.verdict.reason != nil && !$0.verdict.isFailure }.count
        let writer = XMLWriter(indentation: 2, forbidden: .replaced)
        writer.element(
            "testsuite",
            [
                "name": "conformance.\(connector)", "tests": "\(results.count)", "failures": "\(failures)",
                "errors": "0", "skipped": "\(skipped)", "time": "\(seconds(duration))",
                "timestamp": started.ISO8601Format(),
            ]
        ) { suite in
            suite.element("properties") { properties in
                let all = [("environment", environment)] + circumstances.map { ($0.name, $0.value) }
                for (name, value) in all { properties.element("property", ["name": name, "value": value]) }
            }
            for result in results {
                suite.element(
                    "testcase",
                    [
                        "name": result.id, "classname": "conformance.\(connector)",
                        "time": "\(seconds(result.duration))",
                    ]
                ) { test in
                    if let reason = result.verdict.reason {
                        if result.verdict.isFailure {
                            test.element("failure", ["message": reason], text: result.fact)
                        } else {
                            test.element("skipped", ["message": "\(result.verdict.word): \(reason)"])
                        }
                    }
                    if !result.evidence.isEmpty {
                        test.element("system-out", text: result.evidence.joined(separator: "\n"))
                    }
                }
            }
        }
        return try writer.finish()
    }
}
