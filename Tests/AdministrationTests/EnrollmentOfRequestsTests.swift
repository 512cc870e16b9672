// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Gateway
import Planning
import Settings
import Testing

/// A template of certificate requests has no people.
@Suite(.timeLimit(.minutes(2))) struct EnrollmentOfRequestsTests {
    @Test func nobodyIsEnrolledByATemplateOfRequests() async throws {
        let office = try await Office()
        try await office.apply(
            "templates: [{name: web, for: requests, backendCA: one, product: p, requests: {hosts: [www.example.org]}}]")
        let gateway = try await office.gateway()
        let root = Caller.commandLine("root")
        let proposed = await #expect(throws: SettingsError.self) {
            _ = try await EnrollAdministration(gateway, caller: root).propose(
                EnrollAdministration.Wish(people: ["ada"], template: "web", because: "a test"))
        }
        let excepted = await #expect(throws: SettingsError.self) {
            _ = try await ExceptionAdministration(gateway, caller: root).add(
                ["ada"], template: "web", .include, until: nil, because: "a test", isDryRun: true)
        }
        for error in [proposed, excepted] { #expect(error?.message.contains("web is for requests") == true) }
    }
}
