// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Something a CA does not have, and the lies that mean nothing where it is missing.
struct Lack: Sendable {
    /// In the words of the refusal, such as "it has no tokens".
    let reason: String
    let lies: [Disobedience]

    private init(_ reason: String, _ lies: Disobedience...) {
        self.reason = reason
        self.lies = lies
    }

    static let logonNames = Lack("its certificates hold no logon names", .missingUPN)
    static let securityIdentifiers = Lack("its certificates hold no security identifiers", .missingSID)
    static let rejectionReasons = Lack("it never says why an order was rejected", .rejectsWithoutReason)
    static let cancelling = Lack("it cancels nothing", .cancelIgnored)
    static let renewing = Lack("to it a renewal is a new order", .renewRefused)
    static let revoking = Lack(
        "none of its pages revokes", .revocationUnpublished, .wrongRevocationReason, .revokesAnother)
    static let lists = Lack("it lists nothing", .inventoryIncomplete, .inventoryRepeats, .inventoryWrongSerial)
    static let listedSerialNumbers = Lack("its lists hold no serial numbers", .inventoryWrongSerial)
    static let ordersOfStrangers = Lack(
        "who asks for an order shows what only its answer held", .unknownOrderIsIssued)
    static let tokens = Lack("it has no tokens", .tokenNeverAccepted)
}
