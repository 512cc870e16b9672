// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Ledger

/// What of a certificate of the ledger is compared; small, for all of them are in memory at once.
public struct LedgerCertificate: Sendable, Hashable {
    public let id: Int64
    public let orderID: Int64
    public let serialNumber: String
    public let subscriberID: String
    public let userPrincipalName: String
    public let template: String
    public let backendCA: String
    /// SHA-1, lower case.
    public let thumbprint: String
    public let sha256Fingerprint: String
    public let notAfter: Date
    public let status: CertificateStatus
    /// Stage of its order.
    public let stage: OrderStage
    /// The CA's own word for its order; nil for one that was adopted from a file.
    public let caRequestID: String?
    /// Whether the gateway has made its key; false for one that was adopted, or whose request somebody has brought.
    public let hasKeyOfOurs: Bool
    /// Whether somebody has asked, or the plan, to take it out of Intune, and nobody has taken that back.
    public var isWithdrawn = false
    /// Whether that is done.
    public var isTakenOut = false
    /// Whether it was revoked, or is to be, for its key is in wrong hands.
    public var isCompromised = false

    /// Whether its person is to work with it now.
    public func isInUse(at now: Date) -> Bool {
        status == .active && stage == .active && notAfter > now && !isWithdrawn
    }
}

extension LedgerCertificate {
    public init(_ record: CertificateRecord, _ order: Order) {
        (id, orderID, serialNumber) = (record.id, record.orderID, record.serialNumber)
        (subscriberID, userPrincipalName) = (record.subscriberID.lowercased(), record.userPrincipalName)
        (template, backendCA) = (record.template, record.backendCA)
        thumbprint = record.sha1Fingerprint.lowercased()
        (sha256Fingerprint, notAfter, status) = (record.sha256Fingerprint, record.notAfter, record.status)
        (stage, caRequestID) = (order.stage, order.caRequestID)
        hasKeyOfOurs = order.attempt > 0 && !order.hasForeignKey
    }
}
