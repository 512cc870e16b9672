// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import PKIX
import TestSupport
import Testing

@testable import RESTPlugin

/// Each operation of the CertCentral profile against a recorded pair of request and answer.
@Suite struct DigiCertFixtureTests {
    /// Runs `body` on a connector that is answered by `fixtures`, one after the other, and compares what was sent.
    private func exchange<Result>(
        _ fixtures: String..., body: (RESTConnector) async throws -> Result
    ) async throws -> Result {
        let loaded = try fixtures.map { try Fixture("digicert-certcentral", $0) }
        let backend = try Backend(
            digicert: ScriptedClient { _, index throws(HTTPTransportError) in
                loaded.indices.contains(index) ? loaded[index].response : HTTPResponse(599)
            })
        let result = try await body(backend.connector)
        #expect(backend.http.requests.count == fixtures.count)
        #expect(backend.limiter.acquired == fixtures.count)
        for (fixture, sent) in zip(loaded, backend.http.requests) {
            #expect(fixture.differences(from: sent, endpoint: "https://ca.example/services/v2") == [])
        }
        return result
    }

    @Test func theProfileHasNoProblems() throws {
        let text = try Folder.text(Folder.connectors.appendingPathComponent("digicert-certcentral.yaml"))
        let profile = try ConnectorProfile.read(text, file: "digicert-certcentral.yaml")
        #expect(RESTConnector.diagnose(profile).map(\.description) == [])
        for ability in ConnectorAbility.allCases { #expect(profile.claims(ability)) }
    }

    @Test func check() async throws {
        let report = try await exchange("check") { try await $0.check() }
        #expect(report.account == "api@example.org, account 7001")
        #expect(report.facts.map(\.value) == ["Example", "Administrator"])
        #expect(report.warnings == [])
    }

    @Test func listProducts() async throws {
        let products = try await exchange("listProducts") { try await $0.products() }
        #expect(products.map(\.id) == ["secure_email_sponsor"])
        #expect(products.first?.details["validityYears"] == "1, 2")
    }

    @Test func enroll() async throws {
        let outcome = try await exchange("enroll") { try await $0.enroll(Example.request()) }
        guard case .pending(let pending) = outcome else { throw Unexpected(outcome) }
        #expect(pending.order == CAOrder(caRequestID: "900100", identifiers: ["requestID": "300200"]))
    }

    @Test func renew() async throws {
        let outcome = try await exchange("renew") {
            try await $0.renew(Example.request(), predecessor: CAOrder(caRequestID: "900099"))
        }
        guard case .issued(let issued) = outcome else { throw Unexpected(outcome) }
        #expect(issued.certificateChain == [try Folder.certificate("leaf"), try Folder.certificate("ca")])
        #expect(issued.order == Example.order)
    }

    @Test func pollThenDownload() async throws {
        let outcome = try await exchange("poll", "download") {
            try await $0.poll(
                CAOrder(caRequestID: "900100", identifiers: ["requestID": "300200"]), request: Example.request())
        }
        guard case .issued(let issued) = outcome else { throw Unexpected(outcome) }
        #expect(issued.certificateChain == [try Folder.certificate("leaf"), try Folder.certificate("ca")])
        #expect(issued.order == Example.order)
    }

    @Test func findByReference() async throws {
        let result = try await exchange("findByReference", "poll", "download") { try await $0.find(Example.request()) }
        guard case .found(.issued(let issued)) = result else { throw Unexpected(result) }
        #expect(issued.order.caRequestID == "900100")
    }

    /// A list without rows is left out, as public recordings of the service show.
    @Test func nothingIsFound() async throws {
        let result = try await exchange("findByReference.none") { try await $0.find(Example.request()) }
        guard case .absent = result else { throw Unexpected(result) }
        let page = try await exchange("inventory.none") { try await $0.inventory(from: nil) }
        #expect(page.entries == [] && page.next == nil)
    }

    @Test func validationState() async throws {
        let state = try await exchange("validationState") { try await $0.validationState(of: Example.order) }
        #expect(
            state == [
                AddressValidation(address: "ada@example.org", isValidated: false, lastMailed: "2026-01-07"),
                AddressValidation(address: "a.example@example.org", isValidated: true),
            ])
    }

    @Test func resendValidation() async throws {
        try await exchange("resendValidation") { try await $0.resendValidation(of: Example.order) }
    }

    @Test func cancel() async throws {
        try await exchange("cancel") { try await $0.cancel(Example.order, note: "left before issuance") }
    }

    @Test func revoke() async throws {
        let outcome = try await exchange("revoke") { connector in
            try await connector.revoke(
                RevocationRequest(
                    certificate: Folder.certificate("leaf"), order: Example.order, reason: .superseded,
                    comment: "replaced"))
        }
        guard case .revoked = outcome else { throw Unexpected(outcome) }
    }

    @Test func inventory() async throws {
        let page = try await exchange("inventory") { try await $0.inventory(from: nil) }
        #expect(page.next == "2")
        #expect(
            page.entries == [
                InventoryEntry(
                    order: CAOrder(caRequestID: "900100", identifiers: ["certificateID": "456789"]), status: "issued",
                    product: "secure_email_sponsor", commonName: "Ada Example", validTill: "2027-01-07")
            ])
    }
}

/// A result that is not the one the test is about.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ value: Any) { description = "unexpected: \(value)" }
}
