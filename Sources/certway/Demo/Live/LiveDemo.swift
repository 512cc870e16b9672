// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import ConnectorHost
import Foundation
import Gateway
import HTTPTransport
import JSONDocuments
import Settings
import ThrowAwayServers

/// A gateway with a past, and the service on it until it is stopped: what there is to look at, in a console as well as by commands.
struct LiveDemo {
    let users: Int
    let folder: DemoFolder
    let profiles: Profiles
    let logger: StandardLogger
    let progress: @Sendable (String) -> Void

    /// Starts the sandbox, makes the past and hands over the gateway.
    func prepare() async throws -> (sandbox: SandboxService, gateway: Gateway) {
        let home = GatewayHome(option: folder.path("home"), store: "sqlite:\(folder.path("home"))/certway.db")
        try home.create()
        let present = Date()
        let start = present.addingTimeInterval(-LiveDemoHistory.firstDay * 86_400)
        let connectors = try LiveDemoAuthorities.connectors(profiles)
        let sandbox = try SandboxService(
            [
                "--users", "\(users)", "--unlimited", "--unusual", "--email-validation", "--only", "tenant",
                "--clock", home.clockFile, "--start", start.formatted(.iso8601),
            ] + connectors.values.sorted().flatMap { ["--only", $0] }, http: CurlHTTPClient())
        let world = try await LiveDemoWorld(sandbox, present: present)
        let company = LiveDemoCompany(world.people.filter { $0.mail.hasSuffix("@sandbox.example") })
        // Everybody is in the group to begin with; they come one after the other.
        try await world.move(company.early.flatMap(\.people) + company.later + company.contractors, in: false)
        try await world.move(company.board + company.new, in: false)
        try await world.makeMailbox(
            "support@sandbox.example", "Support", openedBy: company.early[2].people.prefix(3))
        try await world.makeMailbox("sales@sandbox.example", "Sales", openedBy: company.early[3].people.prefix(2))
        try await world.makeMailbox(LiveDemoWorld.sender, "IT service", openedBy: company.early[1].people.suffix(1))
        let setup = LiveDemoSetup(
            folder: folder, tenant: sandbox.description["tenant"],
            authorities: try LiveDemoAuthorities(connectors, sandbox.description, folder: folder, profiles),
            groups: LiveDemoSetup.Groups(
                signIn: try await world.makeGroup("CW-Logon"),
                contractors: try await world.makeGroup("CW-Contractors"), board: try await world.makeGroup("CW-Board")),
            port: try FreePort.find())
        try setup.prepare(from: start.addingTimeInterval(-86_400))
        let office = try await LiveDemoOffice(
            LiveDemoHistory.firstConfiguration(setup), home, profiles, logger, world)
        try await LiveDemoHistory(
            world: world, company: company, setup: setup, office: office, progress: progress
        ).run()
        return (sandbox, try await office.current())
    }
}
