// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Delivery
public import Foundation
public import JSONDocuments

/// A certificate that Intune holds for this gateway's key and that the database does not know: it was ordered after the copy was
/// made that the database is.
public struct ForgottenCertificate: Sendable {
    public let certificate: UserPFXCertificate
    /// Whether it was there when a person consented to go on with the database.
    public let isAccepted: Bool

    /// When Intune took it; where it does not say, when the CA issued it.
    public var moment: Date? { Self.moment(certificate) }

    static func moment(_ certificate: UserPFXCertificate) -> Date? {
        certificate.createdDateTime ?? certificate.startDateTime
    }

    public var json: JSONValue {
        [
            "userPrincipalName": .string(certificate.userPrincipalName), "thumbprint": .string(certificate.thumbprint),
            "since": JSONValue(moment?.ISO8601Format()),
            "validTo": JSONValue(certificate.expirationDateTime?.ISO8601Format()), "accepted": JSONValue(isAccepted),
        ]
    }
}
