// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import TestSupport
import Testing

/// What the CertCentral profile sends for each product and reads from each kind of answer
/// (wire/digicert-certcentral.md §3, §4, §7).
@Suite struct DigiCertBodyTests {
    private func body(
        _ product: String, purpose: CertificatePurpose = .smime, validityDays: Int? = nil, options: JSONValue = [:],
        values: [String: JSONValue] = [:], without: Set<String> = []
    ) async throws -> JSONValue {
        let backend = try Backend(
            digicert: ScriptedClient(
                HTTPResponse(201, json: #"{"id": 1, "requests": [{"id": 2, "status": "pending"}]}"#)),
            values: values, without: without)
        _ = try await backend.connector.enroll(
            Example.request(product: product, purpose: purpose, validityDays: validityDays, options: options))
        let sent = try #require(backend.http.requests.first)
        #expect(sent.url == "https://ca.example/services/v2/order/certificate/\(product)")
        return try JSONValue(parsing: sent.body ?? [])
    }

    @Test func aMailboxOrderNamesNobody() async throws {
        let body = try await body("secure_email_mailbox")
        #expect(body["certificate"]?["individual"] == nil)
        #expect(body["certificate"]?["common_name"] == nil)
        #expect(body["certificate"]?["common_name_indicator"] == nil)
        #expect(body["subject"] == nil)
        #expect(body["organization"] == nil)
        #expect(body["order_validity"] == ["years": 1])
    }

    @Test func aSponsorOrderNamesPersonAndOrganization() async throws {
        let body = try await body(
            "secure_email_sponsor", validityDays: 90, options: ["organizationID": 5, "profileType": "strict"])
        #expect(body["certificate"]?["individual"] == ["first_name": "Ada", "last_name": "Example"])
        #expect(body["certificate"]?["profile_type"] == "strict")
        #expect(body["organization"] == ["id": 5])
        #expect(body["order_validity"] == ["days": 90])
    }

    @Test func anOrganizationOrderNamesTheOrganizationOnly() async throws {
        let body = try await body("secure_email_organization")
        #expect(body["certificate"]?["common_name_indicator"] == "organization_name")
        #expect(body["certificate"]?["individual"] == nil)
        #expect(body["organization"] == ["id": 112_233])
    }

    @Test func aLegacyOrderHasCommonNameAndNoProfileType() async throws {
        let body = try await body("client_premium")
        #expect(body["certificate"]?["common_name"] == "Ada Example")
        #expect(body["certificate"]?["individual"] == ["first_name": "Ada", "last_name": "Example"])
        #expect(body["certificate"]?["profile_type"] == nil)
        #expect(body["certificate"]?["usage_designation"] == nil)
    }

    @Test func usageFollowsThePurpose() async throws {
        for (purpose, usage) in [
            (CertificatePurpose.smime, "dual_use"), (.smimeEncryption, "key_management"), (.smimeSigning, "signing"),
        ] {
            let body = try await body(
                "secure_email_mailbox", purpose: purpose, options: ["additionalUsages": ["client_auth"]])
            let expected: JSONValue = ["primary_usage": .string(usage), "additional_usages": ["client_auth"]]
            #expect(body["certificate"]?["usage_designation"] == expected)
        }
    }

    @Test func whatIsNotSetIsNotSent() async throws {
        let body = try await body(
            "secure_email_mailbox", values: ["skipApproval": false, "profileType": "strict"],
            without: ["organizationID", "containerID", "paymentMethod"])
        #expect(body["container"] == nil)
        #expect(body["payment_method"] == nil)
        #expect(body["renewal_of_order_id"] == nil)
        #expect(body["skip_approval"] == false)
        #expect(body["comments"] == "gw-7f3a")
        #expect(body["certificate"]?["profile_type"] == "strict")
    }

    /// §7: the order status words, and who has to act.
    @Test(arguments: [
        ("needs_approval", "approver"), ("pending", "certificateAuthority"), ("processing", "certificateAuthority"),
        ("needs_csr", "operator"), ("waiting_pickup", "operator"), ("rejected", "rejected"), ("denied", "rejected"),
        ("canceled", "cancelled"), ("revoked", "retired"), ("expired", "retired"),
    ])
    func everyStatusWordIsUnderstood(word: String, meaning: String) async throws {
        let backend = try Backend(
            digicert: ScriptedClient(
                HTTPResponse(200, json: #"{"id": "900100", "status": "\#(word)", "certificate": {"id": 1}}"#)))
        let outcome = try await backend.connector.poll(Example.order, request: Example.request())
        switch outcome {
        case .pending(let pending): #expect(pending.waitingFor.rawValue == meaning)
        case .rejected(let rejection): #expect(rejection.kind.rawValue == meaning)
        case .issued: throw Unexpected(outcome)
        }
    }

    @Test func aMailboxOrderWaitsForItsSubscriber() async throws {
        let backend = try Backend(digicert: ScriptedClient(HTTPResponse(200, json: #"{"status": "pending"}"#)))
        let outcome = try await backend.connector.poll(
            Example.order, request: Example.request(product: "secure_email_mailbox"))
        guard case .pending(let pending) = outcome else { throw Unexpected(outcome) }
        #expect(pending.waitingFor == .subscriber)
        #expect(pending.order == Example.order)
    }

    @Test func idsAreReadAsNumberOrText() async throws {
        for json in [
            #"{"id": "900100", "requests": [{"id": "300200"}]}"#,
            #"{"requests": [{"id": 300200}], "x": [], "id": 900100}"#,
        ] {
            let backend = try Backend(digicert: ScriptedClient(HTTPResponse(200, json: json)))
            let outcome = try await backend.connector.enroll(Example.request())
            guard case .pending(let pending) = outcome else { throw Unexpected(outcome) }
            #expect(pending.order == CAOrder(caRequestID: "900100", identifiers: ["requestID": "300200"]))
        }
    }

    @Test(arguments: [
        #"{"errors": [{"code": "csr_invalid_cannot_parse", "message": "The CSR is invalid."}]}"#,
        #"{"errors": {"code": "csr_invalid_cannot_parse", "message": "The CSR is invalid."}}"#,
    ])
    func errorsAreReadAsListOrObject(json: String) async throws {
        let backend = try Backend(digicert: ScriptedClient(HTTPResponse(400, json: json)))
        let error = await #expect(throws: ConnectorError.self) { try await backend.connector.enroll(Example.request()) }
        #expect(error?.kind == .refused)
        #expect(error?.message == "the CA answered 400: The CSR is invalid.")
    }

    @Test func errorsSayWhoMustAct() async throws {
        for (status, code, kind) in [
            (401, "x", ConnectorError.Kind.outcomeUnknown), (401, "access_denied|x", .authentication),
            (403, "access_denied|access_denied_invalid_key", .authentication),
            (404, "not_found|product", .configuration), (404, "not_found|order", .refused), (406, "x", .outcomeUnknown),
            (429, "request_limit_exceeded", .throttled), (429, "x", .outcomeUnknown),
            (400, "bad_request_format", .configuration),
            (400, "missing_field|certificate.emails", .refused), (409, "conflict", .outcomeUnknown),
        ] {
            let json = #"{"errors": [{"code": "\#(code)", "message": "m"}]}"#
            let backend = try Backend(digicert: ScriptedClient(HTTPResponse(status, json: json)))
            let error = await #expect(throws: ConnectorError.self) {
                try await backend.connector.enroll(Example.request())
            }
            #expect(error?.kind == kind, "\(status) \(code)")
            if status == 406 { #expect(error?.ifAbsent == .transient) }
        }
        let lagging = try Backend(digicert: ScriptedClient(HTTPResponse(404, json: #"{"errors": []}"#)))
        let error = await #expect(throws: ConnectorError.self) {
            try await lagging.connector.poll(Example.order, request: Example.request())
        }
        #expect(error?.kind == .transient)
    }

    @Test func aCertificateNotReadyForDownloadIsPending() async throws {
        let backend = try Backend(
            digicert: ScriptedClient(
                HTTPResponse(200, json: #"{"status": "issued", "certificate": {"id": 456789}}"#),
                HTTPResponse(404, json: #"{"errors": [{"code": "not_found|certificate"}]}"#)))
        let outcome = try await backend.connector.poll(Example.order, request: Example.request())
        guard case .pending = outcome else { throw Unexpected(outcome) }
    }

    @Test func aRevocationCanWaitForApproval() async throws {
        let backend = try Backend(
            digicert: ScriptedClient(HTTPResponse(201, json: #"{"id": 1, "type": "revoke", "status": "pending"}"#)))
        let outcome = try await backend.connector.revoke(
            RevocationRequest(
                certificate: Folder.certificate("leaf"), order: Example.order, reason: .keyCompromise, comment: "stolen"
            ))
        guard case .pending = outcome else { throw Unexpected(outcome) }
        #expect(backend.http.requests.first?.bodyText.contains("keyCompromise: stolen") == true)
        await #expect(throws: ConnectorError(.refused, "")) {
            try await backend.connector.revoke(
                RevocationRequest(
                    certificate: Folder.certificate("leaf"), order: Example.order, reason: .certificateHold, comment: ""
                ))
        }
        #expect(backend.http.requests.count == 1)
    }

    @Test func checkWarnsOfMissingRights() async throws {
        let backend = try Backend(
            digicert: ScriptedClient(
                HTTPResponse(
                    200,
                    json: #"{"username": "a", "status": "locked", "access_roles": [{"id": 5, "name": "Standard"}]}"#)))
        #expect(try await backend.connector.check().warnings.count == 2)
    }
}
