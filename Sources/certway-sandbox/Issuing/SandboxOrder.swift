// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// One order of a sandbox CA, as a face may tell it: the lies that were asked for are already in it.
struct SandboxOrder: Sendable {
    enum Status: String, Sendable, CaseIterable {
        case pending, issued, rejected, cancelled, revoked, expired
    }

    struct Revocation: Sendable {
        /// RFC 5280 section 5.3.1; 6 is a hold, which can be released.
        let reason: Int
        let date: Date
    }

    /// Counts from 1 in each book.
    let number: Int
    /// The handle the face gives out.
    var id: String
    var application: Application
    var status: Status
    let created: Date
    /// When the status changed last.
    var changed: Date
    /// Known before the certificate is signed, for CAs that give it out as the handle.
    var serialNumber: SerialNumber
    var certificate: Certificate?
    /// What follows the certificate: issuing CA first, root last.
    var chain: [Certificate] = []
    /// Why it was rejected.
    var reason: String?
    var revocation: Revocation?
    /// How often somebody asked how it is.
    var polls = 0
    /// How many polls more it answers "pending"; nil: until the control API decides.
    var pollsLeft: Int?

    /// RFC 5280's hold, reason 6.
    var isOnHold: Bool { revocation?.reason == 6 }
}
