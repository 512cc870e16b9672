// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import HTTPServing
import MicrosoftGraph
import Testing

@Suite(.timeLimit(.minutes(5))) struct DirectoryCheckTests {
    private func problems(_ harness: DirectoryHarness, _ groups: String...) async throws -> [GraphError.Kind?] {
        try await DirectoryCheck(graph: harness.graph.client).run(groups: groups).map { $0.problem?.kind }
    }

    @Test func aTenantInOrderHasNoProblems() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada"], to: "root")
        #expect(try await problems(harness, "ROOT") == [nil, nil, nil, nil, nil, nil, nil])
    }

    /// Who claims an address is known only where all can be read that may have one.
    @Test(arguments: [
        ("users", "User.Read.All"), ("groups", "GroupMember.Read.All"), ("contacts", "OrgContact.Read.All"),
    ])
    func aCollectionThatCannotBeReadIsTold(_ collection: String, _ permission: String) async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.change { $0.forbidden = [collection] }
        let findings = try await DirectoryCheck(graph: harness.graph.client).run(groups: [])
        #expect(
            findings.filter { $0.problem?.kind == .permission }.map { "\($0.subject) \($0.permissions)" } == [
                "changes of \(collection) [\"\(permission)\"]"
            ])
    }

    @Test func missingPermissionAndWrongGroupAreTold() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada"], to: "root")
        harness.tenant.change { $0.hidesAttributes = true }
        #expect(
            try await problems(harness, "root", "gone") == [nil, nil, nil, nil, nil, .permission, nil, .configuration])
    }
}
