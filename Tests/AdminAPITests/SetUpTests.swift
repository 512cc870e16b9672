// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import JSONDocuments
import Testing

@testable import AdminAPI

@Suite(.timeLimit(.minutes(1))) struct SetUpTests {
    private func state(_ answer: Answer, _ step: SetUpStep) -> String? {
        (answer.json["steps"]?.array ?? []).first { $0["id"]?.string == step.rawValue }?["state"]?.string
    }

    @Test func anEmptyGatewayBeginsWithItsTenant() async throws {
        let served = try await ServedGateway()
        let answer = await served.ask("GET", "/setup")
        #expect(answer.status == 200 && answer.json["current"]?.string == "tenant")
        #expect(answer.json["secretFolder"]?.string == served.folder.path("home/secrets"))
        #expect(answer.json["done"]?.int == 0 && answer.json["of"]?.int == 8)
        let needs = await served.ask("GET", "/overview").json["needsYou"]?.array ?? []
        #expect(needs.contains { $0["kind"]?.string == "setUp" && $0["path"]?.string == "/set-up?step=tenant" })
        #expect(await served.ask("GET", "/status", as: nil).json["nextStep"]?.int == 1)
    }

    @Test func aStepThatIsLeftOutStaysAmongTheNeedsAndOnRecord() async throws {
        let served = try await ServedGateway()
        let dry = await served.ask("PATCH", "/setup/steps/intune?dryRun=true", body: ["skipped": true])
        #expect(dry.status == 200)
        #expect(state(await served.ask("GET", "/setup"), .intune) == "open")
        #expect(await served.ask("PATCH", "/setup/steps/intune", as: "auditor", body: ["skipped": true]).status == 403)
        #expect(await served.ask("PATCH", "/setup/steps/intune", body: ["skipped": true]).status == 200)
        #expect(state(await served.ask("GET", "/setup"), .intune) == "skipped")
        let needs = await served.ask("GET", "/overview").json["needsYou"]?.array ?? []
        #expect(needs.contains { $0["text"]?.string?.contains("step 3 of 8 was left out") == true })
        let records = await served.ask("GET", "/audit-records?limit=5").json["items"]?.array ?? []
        #expect(records.contains { $0.text.contains("set-up step intune") && $0.text.contains("left out for now") })
        #expect(await served.ask("PATCH", "/setup/steps/intune", body: ["skipped": false]).status == 200)
        #expect(state(await served.ask("GET", "/setup"), .intune) == "open")
        #expect(await served.ask("PATCH", "/setup/steps/moon", body: ["skipped": true]).status == 422)
    }

    /// A passphrase is a reference like those of the configuration.
    @Test func thePassphraseOfACALiesInTheFolderForIt() async throws {
        let served = try await ServedGateway()
        try served.folder.write("secret", to: "secret")
        let answer = await served.ask(
            "POST", "/local-authorities?dryRun=true",
            body: [
                "name": "mine", "commonName": "Mine", "passphrase": .string("file:" + served.folder.path("secret")),
            ])
        #expect(answer.status == 409 && answer.text.contains("it can name what lies in"), "\(answer.text)")
    }

    @Test func anUnsavedCAIsHeldToItsProfileAndNothingIsStored() async throws {
        let served = try await ServedGateway()
        let answer = await served.ask(
            "POST", "/backend-cas/checks",
            body: [
                "name": "mine", "connector": "nowhere",
                "acceptedRoots": .string("\(served.gateway.home.secrets)/none.pem"),
            ])
        #expect(answer.status == 422)
        let faults = answer.json["errors"]?.array ?? []
        #expect(faults.contains { $0["pointer"]?.string?.hasSuffix("connector") == true }, "\(answer.text)")
        #expect(faults.contains { $0["pointer"]?.string?.hasSuffix("acceptedRoots") == true }, "\(answer.text)")
        #expect(await served.ask("GET", "/backend-cas").json["items"]?.array?.isEmpty == true)
        #expect(await served.ask("POST", "/backend-cas/checks", as: "auditor", body: [:]).status == 403)
    }
}
