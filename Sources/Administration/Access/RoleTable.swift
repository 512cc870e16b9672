// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Who may do what: the one table, for commands, API and console alike.
public enum RoleTable {
    /// What a role may do. An administrator may do everything but what concerns keys, and what is only for oneself.
    public static func permissions(of role: Role) -> Set<Permission> {
        switch role {
        case .administrator:
            Set(Permission.allCases).subtracting([.requestRecovery, .approveRecovery, .recoverOwn, .revokeOwn])
        case .helpdesk:
            [
                .readCertificates, .readPeople, .readOrders, .readTemplates, .readBackendCAs, .readServices,
                .resendMail,
                .retryOrder, .redeliver, .exportLists,
            ]
        case .integrator:
            [.readBackendCAs, .readConnectors, .readTemplates, .readServices, .validateConnector, .runConformance]
        case .keyRecoveryAgent:
            [.readCertificates, .readPeople, .readRecoveries, .requestRecovery, .approveRecovery]
        case .auditor:
            [
                .readCertificates, .readPeople, .readOrders, .readPlans, .readTemplates, .readBackendCAs,
                .readConnectors,
                .readServices, .readAudit, .readRecoveries, .readSettings, .verifyAudit, .exportLists,
            ]
        case .requester: [.requestCertificate]
        case .employee: [.readOwn, .recoverOwn, .revokeOwn]
        }
    }

    /// The roles that have a permission, for the sentence that says whom to ask.
    public static func roles(with permission: Permission) -> [Role] {
        Role.allCases.filter { permissions(of: $0).contains(permission) }
    }
}
