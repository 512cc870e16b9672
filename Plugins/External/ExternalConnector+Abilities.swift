// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments

// What of this a program really does, its profile says under `abilities`.

extension ExternalConnector: OrderPolling {
    public func poll(_ order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome {
        let answer = try await call("poll", ["order": order.json, "request": request.json])
        return try answers.outcome(answer, for: request, order: order)
    }

    /// By the key of the certificate; without one by what the program finds by our reference.
    public func examine(_ order: CAOrder, request: CertificateRequest) async throws -> OrderSearchResult {
        let byKey = try await examineByKey(order, request: request)
        guard case .undecidable = byKey, canFind,
            case .found(let outcome) = try await find(request), outcome.order?.caRequestID == order.caRequestID
        else { return byKey }
        return .found(outcome)
    }
}

extension ExternalConnector: OrderFinding {
    public func find(_ request: CertificateRequest) async throws -> OrderSearchResult {
        let answer = try await call("findByReference", ["request": request.json])
        if let absent = answer["absent"], absent.object != nil || absent.bool == true,
            answer["issued"] == nil, answer["pending"] == nil, answer["rejected"] == nil
        {
            return .absent
        }
        if let undecidable = answer["undecidable"] {
            return .undecidable(answers.sentence(undecidable["reason"]) ?? "the program cannot tell")
        }
        return .found(try answers.outcome(answer, for: request))
    }
}

extension ExternalConnector: OrderCancelling {
    public func cancel(_ order: CAOrder, note: String) async throws {
        try answers.expect("done", in: try await call("cancel", ["order": order.json, "note": .string(note)]))
    }
}

extension ExternalConnector: CertificateRenewing {
    public func renew(_ request: CertificateRequest, predecessor: CAOrder, gate: SubmissionGate) async throws
        -> EnrollmentOutcome
    {
        let members = ["request": request.json, "predecessor": predecessor.json]
        return try answers.outcome(
            try await call("renew", members, gate: gate), for: request, isCreating: true)
    }
}

extension ExternalConnector: CertificateRevoking {
    public func revoke(_ request: RevocationRequest) async throws -> RevocationOutcome {
        let answer = try await call(
            "revoke", ["order": request.order.json, "revocation": try request.json(reasons)])
        if let pending = answer["pending"] {
            return .pending(answers.sentence(pending["detail"]) ?? "the CA has not decided yet")
        }
        try answers.expect("revoked", in: answer)
        return .revoked
    }
}

extension ExternalConnector: ProductListing {
    public func products() async throws -> [CAProduct] { try answers.products(try await call("listProducts")) }
}

extension ExternalConnector: CertificateInventory {
    public func inventory(from cursor: String?) async throws -> InventoryPage {
        try answers.page(try await call("inventory", ["cursor": JSONValue(cursor)]))
    }
}

extension ExternalConnector: ValidationReporting {
    public func validationState(of order: CAOrder) async throws -> [AddressValidation] {
        try answers.addresses(try await call("validationState", ["order": order.json]))
    }
}

extension ExternalConnector: ValidationResending {
    public func resendValidation(of order: CAOrder) async throws {
        try answers.expect("done", in: try await call("resendValidation", ["order": order.json]))
    }
}
