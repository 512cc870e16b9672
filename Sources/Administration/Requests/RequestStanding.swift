// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments
public import Ledger

/// A request with what has become of it.
public struct RequestStanding: Sendable {
    public let request: SubmittedRequest
    public let order: Order?
    public let certificate: CertificateRecord?
    /// From then on whoever asked is reminded; nil without a certificate.
    let remindsFrom: Date?
    let now: Date
    /// Whether a newer request for the same hosts waits, is under way, or has a certificate in use.
    var isFollowed = false

    /// One word: that of the request, and of its order once it has one.
    public var state: String {
        guard request.state == .ordered else { return request.state.rawValue }
        if let certificate, certificate.status == .active, certificate.notAfter <= now { return "expired" }
        guard let order else { return request.state.rawValue }
        if order.isHeld { return "held" }
        return order.stage.isOpen ? "underWay" : order.stage.rawValue
    }

    /// Whether the certificate is in use and ends soon, and nothing is to take its place.
    public var isToRenew: Bool {
        guard let certificate, let remindsFrom, certificate.status == .active, !isFollowed else { return false }
        return remindsFrom <= now && certificate.notAfter > now
    }

    /// What there is to know, in one sentence.
    public var sentence: String {
        switch request.state {
        case .waiting: return "waits until an administrator agrees" + (request.cause.map { ": \($0)" } ?? "")
        case .denied: return "refused by \(request.decidedBy ?? "")" + (request.cause.map { ": \($0)" } ?? "")
        case .withdrawn: return "taken back"
        case .ordered: break
        }
        if let certificate {
            let end = "until \(String(certificate.notAfter.ISO8601Format().prefix(10)))"
            if certificate.status == .revoked { return "certificate \(certificate.serialNumber) is revoked" }
            guard certificate.notAfter > now else { return "certificate \(certificate.serialNumber) has expired" }
            return "certificate \(certificate.serialNumber), \(end)"
                + (isToRenew ? ": it ends soon, hand in another request" : "")
        }
        return order?.standing ?? "ordered"
    }

    public var json: JSONValue {
        [
            "reference": .string(request.reference), "number": JSONValue(Int(request.id)),
            "template": .string(request.template), "requester": .string(request.requester),
            "hosts": JSONValue(request.hosts), "key": .string(request.keyType), "reason": .string(request.reason),
            "state": .string(state), "sentence": .string(sentence),
            "createdAt": .string(request.createdAt.ISO8601Format()),
            "decision": request.decidedBy.map { actor in
                [
                    "by": .string(actor), "at": JSONValue(request.decidedAt?.ISO8601Format()),
                    "because": JSONValue(request.cause),
                ]
            } ?? .null,
            "order": JSONValue(order?.reference),
            "certificate": certificate.map { record in
                [
                    "number": JSONValue(Int(record.id)), "serialNumber": .string(record.serialNumber),
                    "status": .string(record.status.rawValue), "notAfter": .string(record.notAfter.ISO8601Format()),
                ]
            } ?? .null,
            "renewal": [
                "due": .bool(isToRenew), "remindsFrom": JSONValue(remindsFrom?.ISO8601Format()),
            ],
        ]
    }
}
