// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import HTTPServing
import MicrosoftGraph
import Testing

@Suite struct DirectoryCheckTests {
    private func problems(_ harness: DirectoryHarness, _ groups: String...) async throws -> [GraphError.Kind?] {
        try await DirectoryCheck(graph: harness.graph.client).run(groups: groups).map { $0.problem?.kind }
    }

    @Test func aTenantInOrderHasNoProblems() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada"], to: "root")
        #expect(try await problems(harness, "ROOT") == [nil, nil, nil, nil, nil])
    }

    @Test func missingPermissionAndWrongGroupAreTold() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada"], to: "root")
        harness.tenant.change { $0.hidesAttributes = true }
        #expect(
            try await problems(harness, "root", "gone") == [nil, nil, nil, .permission, nil, .configuration])
    }
}
