// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

// Roles are words of certway.yaml; whoever asks about access needs them, too.
@_exported public import enum Settings.Role

/// Who may do what: the one table, for commands, API and console alike (console design, section 2).
public enum RoleTable {
    /// What a role may do.
    public static func permissions(of role: Role) -> Set<Permission> {
        switch role {
        case .administrator: everything.subtracting(keys).subtracting(own)
        case .helpdesk: [.readCertificates, .readPeople, .readOrders, .resendMail, .retryOrder, .redeliver]
        case .integrator: [.readBackendCAs, .readConnectors, .validateConnector, .checkBackendCA, .runConformance]
        case .keyRecoveryAgent: [.readCertificates, .readRecoveries, .requestRecovery, .approveRecovery]
        case .auditor:
            everything.filter { $0.rawValue.hasPrefix("read") }.subtracting(own).union([.verifyAudit, .exportLists])
        case .requester: [.requestCertificate]
        case .employee: [.readOwn, .recoverOwn, .revokeOwn]
        }
    }

    private static let everything = Set(Permission.allCases)
    /// What concerns keys: who runs the gateway neither opens them nor sees who did.
    private static let keys: Set<Permission> = [.readRecoveries, .requestRecovery, .approveRecovery]
    /// What is only for oneself.
    private static let own: Set<Permission> = [.readOwn, .recoverOwn, .revokeOwn]

    /// The roles that have a permission, for the sentence that says whom to ask.
    public static func roles(with permission: Permission) -> [Role] {
        Role.allCases.filter { permissions(of: $0).contains(permission) }
    }
}
