// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import DeliveryProof
import Foundation
public import JSONDocuments
import PKIX

/// One difference.
public struct DriftFinding: Sendable, Hashable {
    public let kind: DriftKind
    /// Where it was seen, such as the name of a backend CA or directory; empty where the source says all.
    public let place: String
    /// What tells it from others of the kind there, such as the id of a record.
    public let subject: String
    /// Number in the ledger of the certificate it is about; nil where the ledger has none.
    public var certificateID: Int64?
    public var serialNumber: String?
    /// Object id of the person it is about.
    public var personID: String?
    public var userPrincipalName: String?
    public var template: String?
    /// What was found in this case, one sentence without capital and full stop; empty where the kind says all.
    public var detail: String

    public init(_ kind: DriftKind, place: String = "", subject: String, detail: String = "") {
        (self.kind, self.place, self.subject, self.detail) = (kind, place, subject, detail)
    }

    /// The same for a certificate of the ledger.
    public init(
        _ kind: DriftKind, place: String = "", of certificate: LedgerCertificate, subject: String? = nil,
        detail: String = ""
    ) {
        self.init(kind, place: place, subject: subject ?? certificate.sha256Fingerprint, detail: detail)
        (certificateID, serialNumber) = (certificate.id, certificate.serialNumber)
        (personID, userPrincipalName) = (certificate.subscriberID, certificate.userPrincipalName)
        template = certificate.template
    }

    /// Why nothing is to be mended, one sentence; nil where something is.
    public var waits: String?

    /// Why it is so, where more is known of this one than of its kind; one sentence without capital and full stop.
    public var ownCause: String?

    /// What is to be done, where more is known of this one than of its kind; as `ownCause`.
    public var ownRemedy: String?

    /// Why it is probably so.
    public var cause: String { ownCause ?? rule.cause }

    public var rule: DriftRule { DriftRule.of(kind) }

    public var repair: DriftRepair { waits == nil ? rule.repair : .wait }

    /// As the rule has it, with what this one is about in place of the words for it.
    public var remedy: String {
        Remedy.filled(
            waits ?? ownRemedy ?? rule.remedy,
            [("SERIAL", serialNumber), ("ADDRESS", userPrincipalName), ("BACKEND-CA", place)])
    }

    /// The same for the same difference whenever it is found.
    public var id: String {
        String(
            DigestAlgorithm.sha256.digest(Array("\(kind.rawValue)\n\(place)\n\(subject)".utf8)).prefix(6).map {
                ($0 < 16 ? "0" : "") + String($0, radix: 16)
            }.joined())
    }

    public var json: JSONValue {
        [
            "id": .string(id), "kind": .string(kind.rawValue), "source": .string(rule.source.rawValue),
            "severity": .string(rule.severity.rawValue), "place": .string(place),
            "certificate": certificateID.map { JSONValue(Int($0)) } ?? .null, "serialNumber": JSONValue(serialNumber),
            "userPrincipalName": JSONValue(userPrincipalName), "template": JSONValue(template),
            "sentence": .string(rule.sentence), "detail": .string(detail), "cause": .string(cause),
            "repair": .string(repair.rawValue), "remedy": .string(remedy),
        ]
    }
}
