// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import MicrosoftGraph
import Settings
import SignIn
import Testing

/// Roles come from groups and app roles, by the tenant's word alone.
@Suite struct RoleDecisionTests {
    private static let group = "9a411111-2222-3333-4444-555555555555"
    private static let other = "c2d01111-2222-3333-4444-555555555555"
    private static let configuration: [Role: [String]] = [
        .administrator: [group], .auditor: ["Certway.Auditor"], .helpdesk: ["Certway.Helpdesk", other],
    ]
    private struct Down: Error, CustomStringConvertible { var description: String { "503 from Graph" } }

    private func decide(
        _ changes: [String: JSONValue], memberships: [String]? = nil, isEmployee: Bool = false, bearer: Bool = false
    ) async throws -> Set<Role> {
        let identity =
            bearer
            ? try TokenForge.rules.bearer(TokenForge.program(changes))
            : try TokenForge.rules.person(TokenForge.claims(changes), nonce: "n-1")
        let decision = RoleDecision(
            Self.configuration,
            memberships: { _, asked in
                guard let memberships else { throw Down() }
                return memberships.filter(asked.contains)
            }, isEmployee: { _ in isEmployee })
        return try await decision.grants(of: identity).roles(by: Self.configuration)
    }

    @Test func groupsAndAppRolesGiveRoles() async throws {
        #expect(try await decide(["groups": [.string(Self.group.uppercased())]]) == [.administrator])
        #expect(try await decide(["roles": ["Certway.Auditor", "Other"]]) == [.auditor])
        #expect(
            try await decide(["groups": [.string(Self.other)], "roles": ["Certway.Auditor"]], isEmployee: true)
                == [.helpdesk, .auditor, .employee])
        #expect(try await decide([:], isEmployee: true) == [.employee])
    }

    /// An app role could be named like a group, and the other way round: each counts where it stands.
    @Test func oneDoesNotPassForTheOther() async throws {
        await #expect(throws: RoleRefusal.self) { _ = try await decide(["roles": [.string(Self.group)]]) }
        await #expect(throws: RoleRefusal.self) { _ = try await decide(["roles": ["certway.auditor"]]) }
    }

    /// Other bytes are another role, also where Swift takes them for the same text.
    @Test func anAppRoleIsComparedByteByByte() async throws {
        let roles: [Role: [String]] = [.keyRecoveryAgent: ["Certway.KeyRecoveryAgent"]]
        let decision = RoleDecision(
            roles, memberships: { _, _ in [] }, isEmployee: { _ in false })
        for (role, isFit) in [("Certway.KeyRecoveryAgent", true), ("Certway.\u{212A}eyRecoveryAgent", false)] {
            let identity = try TokenForge.rules.person(TokenForge.claims(["roles": [.string(role)]]), nonce: "n-1")
            let found = try? await decision.grants(of: identity).roles(by: roles)
            #expect(found == (isFit ? [.keyRecoveryAgent] : nil))
        }
    }

    @Test func tooManyGroupsAreAskedFor() async throws {
        let overage: [String: JSONValue] = [
            "_claim_names": ["groups": "src1"],
            "_claim_sources": ["src1": ["endpoint": "https://graph.windows.net/x/users/y/getMemberObjects"]],
        ]
        #expect(try await decide(overage, memberships: [Self.group, "another"]) == [.administrator])
        let refusal = await #expect(throws: RoleRefusal.self) { _ = try await decide(overage, isEmployee: true) }
        #expect(refusal?.description.contains("could not be asked for them: 503 from Graph") == true)
    }

    @Test func whoHasNoRoleIsToldWhatWasLookedFor() async throws {
        let noneFits = await #expect(throws: RoleRefusal.self) { _ = try await decide(["groups": ["x"]]) }
        let text = try #require(noneFits?.description)
        for part in [
            "ada@sandbox.example", "group \(Self.group) (administrator)", "app role Certway.Auditor (auditor)",
            "ask whoever",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        let silent = await #expect(throws: RoleRefusal.self) { _ = try await decide([:]) }
        #expect(silent?.description.contains("names neither groups nor app roles") == true)
    }

    @Test func programsHaveAppRolesAlone() async throws {
        #expect(try await decide([:], isEmployee: true, bearer: true) == [.auditor])
        await #expect(throws: RoleRefusal.self) {
            _ = try await decide(["roles": .null, "groups": [.string(Self.group)]], isEmployee: true, bearer: true)
        }
    }

    /// Within a session groups go and none come; what is no group stays, and all goes with the account.
    @Test func whatIsTakenAwayIsNotConfirmed() async throws {
        let begun = RoleGrants(entries: [Self.group, Self.other, "Certway.Auditor"], isEmployee: true)
        func confirmed(_ left: [String]?) async throws -> RoleGrants {
            try await RoleDecision(
                Self.configuration,
                memberships: { _, asked in
                    guard let left else { throw GraphError(.notFound, "no such user", status: 404) }
                    #expect(asked == [Self.group, Self.other])
                    return left
                }, isEmployee: { _ in false }
            ).confirmed(begun, of: "7f0c")
        }
        let less = try await confirmed([Self.other.uppercased(), "1f0d1111-2222-3333-4444-555555555555"])
        #expect(less == RoleGrants(entries: [Self.other, "Certway.Auditor"], isEmployee: false))
        #expect(try await confirmed(nil) == RoleGrants(entries: [], isEmployee: false))
    }

    /// A session keeps what the tenant said; what that is worth, the configuration of the moment says.
    @Test func aChangedConfigurationCountsAtOnce() {
        let grants = RoleGrants(entries: [Self.group], isEmployee: false)
        #expect(grants.roles(by: Self.configuration) == [.administrator])
        #expect(grants.roles(by: [.auditor: [Self.group]]) == [.auditor])
        #expect(grants.roles(by: [:]).isEmpty)
        #expect(grants.origin(by: Self.configuration) == "by group \(Self.group)")
    }
}
