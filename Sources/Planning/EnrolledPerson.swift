// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
import Ledger

/// One person and one template: the status, why, and the order and certificate it rests on.
public struct EnrolledPerson: Sendable, Hashable {
    public let template: String
    public let subscriberID: String
    public let userPrincipalName: String
    public let status: PersonStatus
    /// One sentence, or several.
    public private(set) var reason: String
    /// Only where a certificate is in use.
    public let concern: CertificateConcern?
    /// Only where a certificate is in use: how the order stands that is to take its place.
    public let replacement: Replacement?
    /// Reference of the open order, else of the active one.
    public let order: String?
    public let backendCA: String?
    /// Hexadecimal, of the certificate in use.
    public let serialNumber: String?
    public let notAfter: Date?
    /// Who has had the certificate taken from the devices, and why, in a sentence; nil while it is there.
    public let withdrawal: String?

    /// With one more sentence that there is to say.
    public func adding(_ sentence: String) -> EnrolledPerson {
        var person = self
        person.reason = reason.isEmpty ? sentence : "\(reason); \(sentence)"
        return person
    }

    public var json: JSONValue {
        [
            "template": .string(template), "id": .string(subscriberID), "userPrincipalName": .string(userPrincipalName),
            "status": .string(status.rawValue), "reason": .string(reason), "concern": JSONValue(concern?.rawValue),
            "replacement": JSONValue(replacement?.rawValue), "order": JSONValue(order),
            "backendCA": JSONValue(backendCA), "serialNumber": JSONValue(serialNumber),
            "notAfter": JSONValue(notAfter?.ISO8601Format()), "withdrawal": JSONValue(withdrawal),
        ]
    }
}
