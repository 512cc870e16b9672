// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import TestSupport
import Testing

/// The CA makes the order and the answer says otherwise, or is no HTTP: one certificate for each person all the same.
@Suite(.timeLimit(.minutes(5))) struct MisleadingAnswerTests {
    /// One person meets each.
    private static let answers: [(fault: String, more: [String: JSONValue])] =
        [303, 307, 409].map { ("status-after", ["status": JSONValue($0)]) }
        + [302, 303, 407, 408, 409, 425, 502].map { ("proxy-after", ["status": JSONValue($0)]) }
        + ["body-only", "version", "status", "alert"].map { ("garbled-after", ["form": .string($0)]) }
        + ["0", "315360000"].map { ("unavailable-after", ["retryAfter": .string($0)]) }

    /// Connectors of each kind of protocol, and where they order.
    private static let searchable = TestSize.choose(
        [("digicert-certcentral", "digicert.enroll"), ("globaltrust", "globaltrust.RequestCertificate")],
        full: [
            ("digicert-certcentral", "digicert.enroll"), ("sectigo-scm", "sectigo.enroll"),
            ("globalsign-atlas", "atlas.enroll"), ("ssl-com", "sslcom.enroll"),
            ("globaltrust", "globaltrust.RequestCertificate"),
            ("ejbca", "ejbca.certificateRequest"), ("swisssign", "swisssign.message"),
        ])

    private func gateway(_ connector: String, _ operation: String) async throws -> GatewayUnderTest {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess([
                "--users", "\(Self.answers.count)", "--only", "tenant", "--only", connector,
            ]), keyType: connector == "globalsign-atlas" ? "rsa2048" : "p256", connector: connector,
            // Some lists show an order only seconds after it was placed.
            absenceIsSureAfter: "9s")
        for answer in Self.answers { try await gateway.sandbox.order(answer.fault, of: operation, answer.more) }
        return gateway
    }

    @Test(arguments: searchable)
    func oneCertificateEach(connector: String, operation: String) async throws {
        let gateway = try await gateway(connector, operation)
        let people = Self.answers.count
        var run = try await gateway.finish(within: 90)
        // Where all goes through one operation, searches are misled as well, and wait a minute or more for somebody.
        for _ in 0..<3 where try await gateway.stages() != ["active": people] {
            try await gateway.retryAll()
            run = try await gateway.finish(within: 60)
        }
        let orders = try await gateway.certway(["order", "list"]).output
        #expect(try await gateway.sandbox.calls("faults.") == people, "not every fault has struck")
        let outcome = try await Outcome.of(gateway)
        #expect(outcome == .complete(people), "\(outcome) \(run.errors) \(orders)")
    }

    /// Where the CA cannot be searched, a person looks; no key is lost meanwhile, and no more than a few orders leave before the
    /// first certificate is here.
    @Test func heldWhereNobodyCanSearch() async throws {
        let gateway = try await gateway("adcs", "adcs.submit")
        let people = Self.answers.count
        var told: Set<String> = []
        for round in 0..<3 where told.count < people {
            let run = try await gateway.finish(within: 60)
            let orders = try await gateway.certway(["order", "list", "--all", "--output", "json"]).json.array ?? []
            let atCA = try await gateway.sandbox.orders("adcs")
            #expect(atCA.count == (round == 0 ? 5 : people), "\(run.output) \(run.errors)")
            if round == 0 {
                #expect(try run.json["waiting"]?.array?.count == 1 && run.status == 4, "\(run.output)")
                #expect(orders.filter { $0["waitingFor"] == "firstCertificate" }.count == people - 5, "\(orders)")
            }
            for order in orders where order["holdReason"]?.string != nil {
                let reference = order["reference"]?.string ?? ""
                let address = try #require(order["names"]?["emails"]?[0], "\(order.text)")
                #expect(order["stage"] == "submitted", "\(order.text)")
                let found = try #require(
                    atCA.first { $0["emails"]?.array?.contains(address) == true }?["id"]?.identifier, "\(address)")
                let run = try await gateway.certway(["order", "retry", reference, "--found", found])
                #expect(run.status == 0, "\(run.errors)")
                told.insert(reference)
            }
        }
        #expect(told.count == people)
        #expect(try await gateway.sandbox.calls("faults.") == people, "not every fault has struck")
        try await gateway.finish(within: 60)
        #expect(try await Outcome.of(gateway) == .complete(people))
    }
}
