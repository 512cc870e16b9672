// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// One order of the account.
struct DigiCertOrder: Sendable {
    /// Words of wire/digicert-certcentral.md section 7.
    enum Status: String, Sendable, CaseIterable {
        case needsApproval = "needs_approval"
        case pending, processing
        case needsCSR = "needs_csr"
        case waitingPickup = "waiting_pickup"
        case issued
        case reissuePending = "reissue_pending"
        case rejected, denied, canceled, revoked, expired
    }

    let id: Int
    var request: OrderRequest
    var status: Status
    let created: Date
    var statusChanged: Date
    /// First the one that ordered, then reissues and revocations.
    var requestIDs: [Int]
    /// The first is the primary one; reissues and duplicates follow.
    var certificateIDs: [Int] = []
    /// The certificate that order info and downloads by order mean: the newest that is no duplicate.
    var activeCertificateID: Int?
    var renewedBy: Int?
    /// How often somebody must ask before the order is processed, in hostile mode.
    var pollsLeft: Int
    /// Mailed token by address, for addresses that were not proven when the order came.
    var validationTokens: [String: String] = [:]
    var lastMailed: Date
}
