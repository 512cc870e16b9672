// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Testing

/// The role table as the console's design has it, written down a second time.
@Suite struct RoleTableTests {
    private static let looks: Set<Permission> = [
        .readCertificates, .readPeople, .readOrders, .readPlans, .readTemplates, .readBackendCAs, .readConnectors,
        .readServices, .readAudit, .readSettings,
    ]

    @Test func anAdministratorMayAllButKeysAndWhatIsOnlyForOneself() {
        let rest = Set(Permission.allCases).subtracting(RoleTable.permissions(of: .administrator))
        #expect(
            rest == [.readRecoveries, .requestRecovery, .approveRecovery, .readOwn, .recoverOwn, .revokeOwn])
    }

    @Test func theOtherRolesHaveWhatTheirWorkNeeds() {
        #expect(
            RoleTable.permissions(of: .helpdesk)
                == [.readCertificates, .readPeople, .readOrders, .resendMail, .retryOrder, .redeliver])
        #expect(
            RoleTable.permissions(of: .integrator)
                == [.readBackendCAs, .readConnectors, .validateConnector, .checkBackendCA, .runConformance])
        #expect(
            RoleTable.permissions(of: .keyRecoveryAgent)
                == [.readCertificates, .readRecoveries, .requestRecovery, .approveRecovery])
        #expect(
            RoleTable.permissions(of: .auditor)
                == Self.looks.union([.readRecoveries, .verifyAudit, .exportLists]))
        #expect(RoleTable.permissions(of: .requester) == [.requestCertificate])
        #expect(RoleTable.permissions(of: .employee) == [.readOwn, .recoverOwn, .revokeOwn])
    }

    @Test func nobodyWithoutRolesMayAnything() {
        let nobody = Caller(name: "bob@example.org", roles: [], origin: "signed in")
        #expect(Permission.allCases.allSatisfy { !nobody.may($0) })
    }

    @Test func aRefusalSaysWhatIsNeededAndWhatOneIs() {
        let bob = Caller(name: "bob@example.org", roles: [.helpdesk], origin: "by group CW-Helpdesk")
        #expect(throws: AccessDenied.self) { try bob.require(.verifyAudit) }
        do { try bob.require(.verifyAudit) } catch {
            #expect(
                "\(error)"
                    == "this needs administrator or auditor; bob@example.org is helpdesk, by group CW-Helpdesk")
        }
    }

    @Test func nobodyIsTakenForTheGatewayItself() {
        for name in ["planner", "the gateway", "Intune"] {
            #expect(Caller(name: name, roles: [.administrator], origin: "token").name == "\(name) (by name)")
        }
    }
}
