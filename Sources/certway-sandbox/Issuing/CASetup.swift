// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What every sandbox CA is made with.
struct CASetup: Sendable {
    let surroundings: Surroundings
    /// The people of the tenant, for CAs that know them.
    let directory: TenantDirectory
    /// No order waits by itself, even in hostile mode.
    var isInstant = false
    /// Orders wait until the link to each address was clicked, at CAs that work so.
    var validatesEmails = false
    /// The usual request limits of the real CA hold.
    var isLimited = true
    /// Decides ids.
    var seed: UInt64 = 1
}
