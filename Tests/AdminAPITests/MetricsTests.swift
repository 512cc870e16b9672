// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Fulfilment
import Gateway
import HTTPServing
import JSONDocuments
import Synchronization
import Testing

@testable import AdminAPI

@Suite struct MetricsTests {
    private func record(_ path: String, route: String?, status: Int?, method: String = "GET") -> AccessRecord {
        AccessRecord(
            method: method, path: path, route: route, caller: "Ada", clientAddress: "192.0.2.1", status: status,
            bytes: 10,
            duration: .milliseconds(30), isStream: false, ending: status == nil ? .broken : .complete)
    }

    @Test func writesWhatPrometheusReads() {
        var metrics = MetricsText()
        metrics.add("a_total", "counter", "Line\none.", [([("name", "a \"b\"\n\\c")], 2), ([], 0.5)])
        metrics.add("none", "gauge", "Nothing.", [])
        var times = Histogram(bounds: [1, 2.5])
        for seconds in [0.5, 1, 2, 100] { times.add(seconds) }
        metrics.add("b_seconds", "Times.", [([("kind", "x")], times)])
        #expect(
            metrics.text == """
                # HELP a_total Line\\none.
                # TYPE a_total counter
                a_total{name="a \\"b\\"\\n\\\\c"} 2
                a_total 0.5
                # HELP b_seconds Times.
                # TYPE b_seconds histogram
                b_seconds_bucket{kind="x",le="1"} 2
                b_seconds_bucket{kind="x",le="2.5"} 3
                b_seconds_bucket{kind="x",le="+Inf"} 4
                b_seconds_sum{kind="x"} 103.5
                b_seconds_count{kind="x"} 4

                """)
    }

    /// However many paths and methods there are, the number of lines is that of the routes.
    @Test func countsByRouteAndNamesNobody() {
        let meter = RequestMeter()
        for number in 0..<100 {
            meter.note(record("/people/ada\(number)@ex.org", route: "/people/{upn}", status: 200))
            meter.note(record("/ada\(number)@ex.org", route: nil, status: 404, method: "M\(number)"))
        }
        meter.note(record("/people/x", route: "/people/{upn}", status: nil))
        var metrics = MetricsText()
        meter.write(to: &metrics)
        #expect(!metrics.text.lowercased().contains("ada"))
        #expect(metrics.text.contains(#"{method="GET",route="/people/{upn}",status="200"} 100"#))
        #expect(metrics.text.contains(#"{method="other",route="other",status="404"} 100"#))
        #expect(metrics.text.contains(#"{method="GET",route="/people/{upn}",status="0"} 1"#))
        #expect(metrics.text.contains(#"duration_seconds_bucket{route="other",le="0.025"} 0"#))
        #expect(metrics.text.contains(#"duration_seconds_bucket{route="other",le="0.05"} 100"#))
    }

    @Test func logsTheRouteInPlaceOfThePath() throws {
        let entries = Mutex<[String]>([])
        let logger = StandardLogger(threshold: .info, format: .json) { entry in entries.withLock { $0.append(entry) } }
        let log = AccessLog(logger)
        log.note(record("/people/ada@ex.org", route: "/people/{upn}", status: 200))
        log.note(record("/" + String(repeating: "x", count: 1000), route: nil, status: 500))
        let written = try entries.withLock(\.self).map { try JSONValue(parsing: $0) }
        #expect(written[0]["route"]?.string == "/people/{upn}")
        #expect(written[0]["caller"]?.string == "Ada")
        #expect(written[0]["milliseconds"]?.string == "30")
        #expect(written[0]["level"]?.string == "info")
        #expect(!"\(written[0])".contains("ada@"))
        #expect(written[1]["level"]?.string == "warning")
        #expect((written[1]["route"]?.string?.count ?? 0) < 250)
    }

    @Test(arguments: [
        ("/console/people/ada@ex.org", "/console"), ("/my", "/my"), ("/assets/abc/app/main.js", "/assets"),
        ("/api/v1/nothing/ada@ex.org", "/api"),
    ]) func pagesCountByTheirPlace(_ path: String, _ place: String) {
        #expect(ConsoleService.place(path) == place)
    }

    @Test func whatIsNoneOfOursHasNoPlace() {
        for path in ["", "/", "/ada@ex.org", "/consoles", "//", "console.php"] {
            #expect(ConsoleService.place(path) == nil)
        }
    }
}
