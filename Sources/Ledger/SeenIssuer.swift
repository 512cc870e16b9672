// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// A CA certificate by which a backend CA issues, or is about to, and whether somebody has confirmed that devices and mail services know it.
public struct SeenIssuer: Sendable, Hashable {
    public let sha256Fingerprint: String
    public let subject: String
    /// Who has signed it; for a root its own subject.
    public let issuer: String
    public let notAfter: Date
    /// To be handed to Intune and Exchange.
    public let pem: String
    public let seenAt: Date
    /// Where it was seen first, in words.
    public let seenIn: String
    public var confirmedAt: Date?
    /// Who has confirmed it, or why nobody needed to.
    public var confirmedBy: String?

    /// Whether it is the end of the path: `acceptedRoots` has to name it, too.
    public var isRoot: Bool { subject == issuer }

    public init(
        sha256Fingerprint: String, subject: String, issuer: String, notAfter: Date, pem: String, seenAt: Date,
        seenIn: String, confirmedAt: Date? = nil, confirmedBy: String? = nil
    ) {
        self.sha256Fingerprint = sha256Fingerprint
        self.subject = subject
        self.issuer = issuer
        self.notAfter = notAfter
        self.pem = pem
        self.seenAt = seenAt
        self.seenIn = seenIn
        self.confirmedAt = confirmedAt
        self.confirmedBy = confirmedBy
    }

    init?(json: JSONValue) {
        func date(_ key: String) -> Date? { json[key]?.string.flatMap { try? Date($0, strategy: .iso8601) } }
        guard let fingerprint = json["sha256Fingerprint"]?.string else { return nil }
        self.init(
            sha256Fingerprint: fingerprint, subject: json["subject"]?.string ?? "",
            issuer: json["issuer"]?.string ?? "", notAfter: date("notAfter") ?? .distantPast,
            pem: json["pem"]?.string ?? "", seenAt: date("seenAt") ?? .distantPast,
            seenIn: json["seenIn"]?.string ?? "", confirmedAt: date("confirmedAt"),
            confirmedBy: json["confirmedBy"]?.string)
    }

    /// The form in which it is stored and shown.
    public var json: JSONValue {
        [
            "sha256Fingerprint": .string(sha256Fingerprint), "subject": .string(subject), "issuer": .string(issuer),
            "notAfter": .string(notAfter.ISO8601Format()), "pem": .string(pem),
            "seenAt": .string(seenAt.ISO8601Format()), "seenIn": .string(seenIn),
            "confirmedAt": JSONValue(confirmedAt?.ISO8601Format()), "confirmedBy": JSONValue(confirmedBy),
        ]
    }
}
