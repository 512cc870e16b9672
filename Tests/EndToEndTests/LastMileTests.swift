// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import DeliveryProof
import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Each fault between Intune and a device, brought about at the sandbox and found through the built programs.
@Suite(.timeLimit(.minutes(5))) struct LastMileTests {
    /// How a fault is brought about. A fault that is new does not compile until somebody has said it.
    private enum Seed {
        /// By the sandbox's word for it, at one person.
        case person(String)
        /// By the sandbox's word, for everybody; taken back before the next.
        case tenant(String)
        /// The sandbox refuses the upload without a reason, as long as it is asked.
        case emptyRefusal
        /// The sandbox refuses the upload with a reason, once.
        case refusal
        /// Graph asks to slow down.
        case slowDown
        /// The account goes away.
        case departure
        /// Another key of the connectors is applied after the delivery.
        case newKey

        init(_ fault: LastMileFault) {
            self =
                switch fault {
                case .throttled: .slowDown
                case .personGone: .departure
                case .userDisabled: .person("userDisabled")
                case .noLicence: .person("noLicence")
                case .uploadRefusedWithoutReason: .emptyRefusal
                case .notDelivered: .refusal
                case .recordDeleted: .person("recordDeleted")
                case .thumbprintDiffers: .person("otherThumbprint")
                case .duplicateRecords: .person("recordTwice")
                case .signInNameDiffers: .person("otherSignInName")
                case .clockDiffers: .person("clockAhead")
                case .datesDiffer: .person("wrongDates")
                case .wrongPurpose: .person("wrongPurpose")
                case .laterStart: .person("oldKeyStartsLater")
                case .providerDiffers: .person("otherProvider")
                case .keyNameDiffers: .person("otherKeyName")
                case .paddingDiffers: .person("otherPadding")
                case .encryptedToAnotherKey: .newKey
                case .noProfile: .tenant("noProfile")
                case .noConnector: .tenant("noConnector")
                case .connectorsInactive: .tenant("connectorsInactive")
                case .keyMissingOnOneConnector: .tenant("oneConnectorLacksKey")
                case .connectorsCannotOpen: .tenant("allConnectorsHaveAnotherKey")
                case .noDevice: .person("noDevice")
                case .encryptionTooNew: .person("oldDevices")
                case .deviceNotSynced: .person("devicesNotSynced")
                case .deviceError: .person("devicesFail")
                }
        }
    }

    @Test func eachFaultIsNamedWithItsNextStep() async throws {
        let gateway = try await gateway(users: LastMileFault.allCases.count)
        var names = try await people(gateway)
        let unlucky = names.removeLast()
        try await seed("refusedUpload", unlucky, gateway)
        try await gateway.sandbox.order("status", of: "intune.create", ["status": 403])
        try await gateway.pass { try await records(gateway).count >= names.count - 1 }
        let delivered = try await records(gateway)
        let refused = try #require(names.first { !delivered.contains($0) })
        names = names.filter { $0 != refused }
        let someone = names.removeLast()
        #expect(try await reading(someone, gateway)["standing"] == "usable")

        // In the order in which one seed leaves the next alone.
        let all = LastMileFault.allCases.map { ($0, Seed($0)) }
        for (fault, seed) in all {
            switch seed {
            case .emptyRefusal: try await expect(fault, unlucky, gateway)
            case .refusal: try await expect(fault, refused, gateway)
            case .tenant(let word):
                try await self.seed(word, someone, gateway)
                try await expect(fault, someone, gateway)
                try await gateway.sandbox.control("/control/last-mile", method: "POST", body: #"{"reset": true}"#)
            case .slowDown:
                try await gateway.sandbox.order(
                    "throttled", of: "intune.connectors", count: 20, ["retryAfter": "600"])
                try await expect(fault, someone, gateway)
                try await gateway.sandbox.order("none", of: "intune.connectors")
            case .person, .departure, .newKey: break
            }
        }
        for (fault, seed) in all {
            switch seed {
            case .person(let word):
                let name = names.removeLast()
                try await self.seed(word, name, gateway)
                try await expect(fault, name, gateway)
            case .departure:
                let name = names.removeLast()
                let change: JSONValue = ["changes": [["action": "delete", "person": .string(name)]]]
                try await gateway.sandbox.control("/control/people", method: "POST", body: change.text)
                try await expect(fault, name, gateway)
            default: break
            }
        }
        // The one that concerns everybody comes last.
        let made = try await Run.tool(
            "sh",
            [
                "-c",
                "cd '\(gateway.folder.path)' && openssl genrsa 2048 2>/dev/null | openssl rsa -pubout -out intune.pem",
            ])
        try #require(made.status == 0, "\(made.errors)")
        try await gateway.reconfigure { $0 }
        for (fault, seed) in all { if case .newKey = seed { try await expect(fault, someone, gateway) } }
    }

    /// Nobody asks: `serve` reads in its turn, names the fault in its log with the next step, and reads again when it is time.
    @Test func theServiceReadsByItself() async throws {
        let folder = try TemporaryFolder()
        let gateway = try await gateway(users: 2, clock: folder.path("clock"))
        let names = try await people(gateway)
        try await seed("devicesFail", names[0], gateway)
        let service = try await gateway.start(["serve"])
        try await gateway.wait(beside: service) { gateway.said.contains("last mile, deviceError: 1 certificate") }
        #expect(gateway.said.contains("next: look at the device's error code in Intune"))
        try await gateway.wait(beside: service) { try await shown(names[1], gateway)?["standing"] == "usable" }
        #expect(try await shown(names[0], gateway)?["faults"]?[0]?["fault"] == "deviceError")
        // Once each: what is not due is not asked for.
        let asked = try await gateway.sandbox.calls("graph.devicesOfUser")
        #expect(asked == 2)

        try await gateway.sandbox.control("/control/last-mile", method: "POST", body: #"{"reset": true}"#)
        try await gateway.sandbox.advance(seconds: 18_000)
        try await gateway.wait(beside: service) { try await shown(names[0], gateway)?["standing"] == "usable" }
        try await gateway.wait(beside: service) { gateway.said.contains("over: last mile, deviceError") }
        #expect(try await gateway.sandbox.calls("graph.devicesOfUser") == asked + 1)
        try await gateway.stop(service)
    }

    private func gateway(users: Int, clock: String? = nil) async throws -> GatewayUnderTest {
        let sandbox = try await SandboxProcess(
            ["--users", "\(users)", "--only", "tenant", "--only", "digicert-certcentral", "--instant"]
                + (clock.map { ["--clock", $0] } ?? []))
        return try await GatewayUnderTest(sandbox: sandbox, clock: clock) { yaml in
            // What old devices do not open.
            yaml.replacing("intune: {", with: "intune: {pfxEncryption: aes256SHA256, ")
        }
    }

    private func people(_ gateway: GatewayUnderTest) async throws -> [String] {
        (try await gateway.sandbox.control("/control/people")["people"]?.array ?? []).compactMap {
            $0["userPrincipalName"]?.string
        }
    }

    /// Whose certificates lie at Intune.
    private func records(_ gateway: GatewayUnderTest) async throws -> Set<String> {
        Set(
            (try await gateway.sandbox.control("/control/pfx")["pfx"]?.array ?? []).compactMap {
                $0["userPrincipalName"]?.string
            })
    }

    private func seed(_ word: String, _ name: String, _ gateway: GatewayUnderTest) async throws {
        let body: JSONValue = ["fault": .string(word), "userPrincipalName": .string(name)]
        try await gateway.sandbox.control("/control/last-mile", method: "POST", body: body.text)
    }

    /// What is said when Intune is asked now.
    private func reading(_ name: String, _ gateway: GatewayUnderTest) async throws -> JSONValue {
        let run = try await gateway.certway(["delivery", "check", name, "--output", "json"])
        return try run.json[0]?["reading"] ?? .null
    }

    /// What is known without asking.
    private func shown(_ name: String, _ gateway: GatewayUnderTest) async throws -> JSONValue? {
        try await gateway.certway(["delivery", "show", name, "--output", "json"]).json[0]?["reading"]
    }

    /// The fault alone is named, in the product's own words.
    private func expect(_ fault: LastMileFault, _ name: String, _ gateway: GatewayUnderTest) async throws {
        let rule = try #require(LastMileRule.table.first { $0.fault == fault })
        let run = try await gateway.certway(["delivery", "check", name, "--output", "json"])
        let line = try run.json[0]
        let found = line?["reading"]?["faults"]?.array ?? []
        #expect(found.compactMap { $0["fault"]?.string } == [fault.rawValue], "\(found)")
        #expect(found.first?["cause"]?.string == rule.cause)
        let order = try await gateway.certway(["order", "list", "--user", name, "--output", "json"]).json[0]
        let step = rule.nextStep(
            serialNumber: line?["serialNumber"]?.string ?? "", reference: order?["reference"]?.string ?? "")
        #expect(found.first?["nextStep"]?.string == step)
        #expect(run.status == (fault == .throttled ? 0 : 4), "\(fault)")
        guard fault == .recordDeleted else { return }
        let why = try await gateway.certway(["why", name, "--output", "json"]).json["templates"]?[0]
        #expect(
            why?["why"]?[0]?.string == "has a certificate in use, but: \(rule.cause); next: \(step)", "\(why ?? .null)")
        #expect(why?["delivery"] == "faulty" && why?["why"]?.text.contains(fault.rawValue) == false)
    }
}
