// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A value by which a person signs in with a certificate, and which has to go with it: a row of the ledger.
public struct CertificateBinding: Sendable, Hashable {
    public let certificateID: Int64
    /// Object id of the person who has the value.
    public let subscriberID: String
    /// As it stands in `certificateUserIds`.
    public let value: String

    public init(certificateID: Int64, subscriberID: String, value: String) {
        self.certificateID = certificateID
        self.subscriberID = subscriberID
        self.value = value
    }
}
