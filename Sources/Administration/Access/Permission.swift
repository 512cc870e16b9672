// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One kind of thing that somebody may do. A use case asks for exactly one; `RoleTable` says which roles have it.
public enum Permission: String, Sendable, CaseIterable {
    // Looking.
    case readCertificates
    case readPeople
    case readOrders
    case readPlans
    case readTemplates
    case readBackendCAs
    case readConnectors
    case readServices
    case readAudit
    case readRecoveries
    case readSettings
    // What costs nothing and can be repeated.
    case resendMail
    /// Work that only looks, asks or repeats again; what would leave for a CA anew is `decideOrder`.
    case retryOrder
    case redeliver
    // What is paid or final.
    case placeOrder
    case decideOrder
    case cancelOrder
    case revoke
    case replace
    case approvePlan
    case grantException
    case manageIncident
    // Configuration.
    case configure
    case validateConnector
    /// Calls to a CA that only look.
    case checkBackendCA
    case runConformance
    /// Calls to every service that only look.
    case checkServices
    case runJobs
    case manageTokens
    // Keys.
    case requestRecovery
    case approveRecovery
    // Records.
    case verifyAudit
    case exportLists
    // One's own.
    case requestCertificate
    case readOwn
    case recoverOwn
    case revokeOwn

    /// Whether already a look by somebody without it is put on record.
    public var isGuarded: Bool { [.readAudit, .readRecoveries, .readSettings].contains(self) }
}
