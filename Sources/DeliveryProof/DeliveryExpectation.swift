// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// What ledger, directory and configuration say of one certificate: what Intune and devices are compared with.
public struct DeliveryExpectation: Sendable {
    public var certificateID: Int64
    /// Of the certificate, and of its order; empty where nobody has to act on it.
    public var serialNumber = ""
    public var reference = ""
    /// Object id of the person or mailbox.
    public var subscriberID: String
    /// The name of the mirror of the directory, or of the order where there is none.
    public var userPrincipalName: String
    /// SHA-1 of the certificate, lower case.
    public var thumbprint: String
    public var notBefore: Date
    public var notAfter: Date
    /// Whether a newer one of the gateway's has taken its place, which devices get on purpose then.
    public var isSuperseded = false
    public var intendedPurpose: String
    public var providerName: String
    public var keyName: String
    public var paddingScheme: String
    /// Which of the connectors' keys passwords are encrypted to now; see `IntunePFXUploader.connector`.
    public var connectorKey: String?
    /// When the last delivery was committed; nil where there was none.
    public var deliveredAt: Date?
    /// Which key that delivery was encrypted to; nil where it is not on record.
    public var deliveredKey: String?
    /// How its file is encrypted; nil where it is not on record.
    public var deliveredEncryption: String?
    /// Of an issued order that is not delivered: what its last attempt ended with.
    public var obstacle: String?

    public init(
        certificateID: Int64, subscriberID: String, userPrincipalName: String, thumbprint: String, notBefore: Date,
        notAfter: Date, intendedPurpose: String, providerName: String, keyName: String, paddingScheme: String
    ) {
        self.certificateID = certificateID
        self.subscriberID = subscriberID
        self.userPrincipalName = userPrincipalName
        self.thumbprint = thumbprint
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.intendedPurpose = intendedPurpose
        self.providerName = providerName
        self.keyName = keyName
        self.paddingScheme = paddingScheme
    }
}
