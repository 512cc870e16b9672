// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// `/healthz`, `/readyz` and `/metrics` of the running service, asked by curl.
@Suite(.timeLimit(.minutes(5))) struct HealthTests {
    private static let connector = "digicert-certcentral"

    private func address(_ gateway: GatewayUnderTest, _ service: ChildProcess) async throws -> String {
        try await gateway.wait(beside: service) { gateway.said.contains(/http:\/\/127\.0\.0\.1:\d+/) }
        return try #require(gateway.said.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)).output.description
    }

    /// The body and, in the last line, the status.
    private func ask(_ url: String, _ options: [String] = []) async throws -> (status: String, body: String) {
        let output = try await Run.tool("curl", ["-s", "-w", "\n%{http_code}"] + options + [url]).output
        let end = output.lastIndex(of: "\n") ?? output.startIndex
        return (String(output[end...].dropFirst()), String(output[..<end]))
    }

    @Test func readyMeansThatIssuingWorks() async throws {
        let people = 2
        let sandbox = try await SandboxProcess(["--users", "\(people)", "--only", "tenant", "--only", Self.connector])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        let service = try await gateway.start([
            "serve", "--listen", "127.0.0.1:0", "--log", "info", "--log-format", "json",
        ])
        let base = try await address(gateway, service)
        #expect(try await ask(base + "/healthz").status == "200")
        try await gateway.wait(beside: service) { try await ask(base + "/readyz").status == "200" }
        try await gateway.wait(beside: service) { try await gateway.stages() == ["active": people] }
        let ready = try JSONValue(parsing: try await ask(base + "/readyz").body)
        #expect(ready["state"]?.string == "ready")
        #expect(ready["templates"]?.array?.map { $0["name"]?.string } == ["smime"])

        // Figures of the ledger are some seconds old.
        try await gateway.wait(beside: service) {
            try await ask(base + "/metrics").body.contains(
                #"certway_orders{template="smime",stage="active"} \#(people)"#)
        }
        let metrics = try await ask(base + "/metrics").body
        #expect(metrics.contains("certway_deliveries_total \(people)\n"))
        #expect(metrics.contains("certway_time_to_issue_seconds_count \(people)\n"))
        #expect(metrics.contains("certway_ready 1\n"))
        #expect(metrics.contains(#"certway_template_ready{template="smime"} 1"#))
        #expect(metrics.contains(#"certway_backend_ca_good{backend_ca="ca"} 1"#))
        #expect(metrics.contains(#"certway_http_requests_total{method="GET",route="/healthz",status="200"} 1"#))
        #expect(!metrics.contains("@"), "names of people")
        // A proxy that nobody named is not this machine.
        let forwarded = ["-H", "X-Forwarded-For: 192.0.2.1"]
        #expect(try await ask(base + "/metrics", forwarded).status == "401")

        // The CA refuses the key from now on: named by CA and templates, sentences for this machine only.
        try gateway.folder.write("refused", to: "apiKey")
        try await gateway.wait(beside: service) { try await ask(base + "/readyz").status == "503" }
        let refused = try JSONValue(parsing: try await ask(base + "/readyz").body)
        #expect(refused["causes"]?[0]?["code"]?.string == "backendCA")
        #expect(refused["causes"]?[0]?["subject"]?.string == "ca")
        #expect(refused["causes"]?[0]?["sentence"]?.string?.contains("certway ca check ca") == true)
        let open = try JSONValue(parsing: try await ask(base + "/readyz", forwarded).body)
        #expect(open["causes"]?[0]?["code"]?.string == "backendCA" && open["causes"]?[0]?["sentence"] == nil)
        #expect(try await ask(base + "/healthz").status == "200")
        try await gateway.stop(service)

        let requests = gateway.said.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
            .filter { $0["message"]?.string == "request" }
        #expect(requests.contains { $0["route"]?.string == "/readyz" && $0["status"]?.string == "503" })
    }

    /// The commonest outage of all: the application's secret has expired, and whoever joins gets nothing.
    @Test(arguments: [true, false])
    func aTenantThatRefusesTheGatewayIsNotReady(_ isNew: Bool) async throws {
        let sandbox = try await SandboxProcess(["--users", "2", "--only", "tenant", "--only", Self.connector])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        if !isNew { try await gateway.finish() }
        try await sandbox.control(
            "/control/tenant", method: "POST", body: #"{"secretExpired":true,"expireTokens":true}"#)
        let service = try await gateway.start(["serve", "--listen", "127.0.0.1:0"])
        let base = try await address(gateway, service)
        try await gateway.wait(beside: service) {
            let answer = try await ask(base + "/readyz")
            let causes = try JSONValue(parsing: answer.body)["causes"]?.array ?? []
            return answer.status == "503"
                && causes.contains { $0["code"]?.string == "directory" && $0["templates"] == ["smime"] }
        }
        #expect(try await ask(base + "/metrics").body.contains("certway_ready 0\n"))
        let jobs = try await gateway.certway(["job", "list", "--output", "json"])
        #expect(jobs.output.contains("expired"), "\(jobs.output)")
        try await sandbox.control(
            "/control/tenant", method: "POST", body: #"{"secretExpired":false,"expireTokens":true}"#)
        try await gateway.stop(service)
    }
}
