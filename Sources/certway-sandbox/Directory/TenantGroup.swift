// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A group of the sandbox tenant.
struct TenantGroup: Sendable {
    let id: String
    var displayName: String
    /// In the order in which they joined; people who were deleted stay listed, so that restoring brings them back.
    var members: [GroupMember]
    var mail: String?
    var proxyAddresses: [String] = []
}
