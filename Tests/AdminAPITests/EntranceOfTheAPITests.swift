// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import HTTPServing
import JSONDocuments
import PKIX
import Testing

@testable import AdminAPI

/// What the API does not take, whoever sends it.
@Suite(.timeLimit(.minutes(2))) struct EntranceOfTheAPITests {
    private let yaml = [(name: "Content-Type", value: "application/yaml"), ("If-Match", "*")]

    private func agents(_ served: ServedGateway, _ name: String) throws -> JSONValue {
        let key = try PrivateKey.generate(.p256)
        let certificate = try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", name)], publicKey: key.publicKey,
            notBefore: Date(timeIntervalSince1970: 1_700_000_000), notAfter: Date(timeIntervalSince1970: 2_000_000_000)
        ).selfSigned(key: key)
        try served.folder.write(certificate.pem, to: "home/secrets/\(name).pem")
        return [
            "keyRecoveryAgents": [
                ["name": .string(name), "certificate": .string(served.folder.path("home/secrets/\(name).pem"))]
            ]
        ]
    }

    @Test func whoOpensKeysIsChangedOnTheMachineAlone() async throws {
        let served = try await ServedGateway()
        // Before there is one, whoever sets the gateway up decides.
        let first = await served.ask("PUT", "/configuration", body: try agents(served, "first"), headers: yaml)
        #expect(first.status == 200, "\(first.text)")
        let changes: [(String, JSONValue)] = [
            ("keyRecoveryAgents", try agents(served, "second")), ("keyRecoveryAgents", ["keyRecoveryAgents": []]),
            ("recovery", ["recovery": ["approvals": 1, "lapsesAfter": "1h"]]),
            ("console.roles.keyRecoveryAgent", ["console": ["roles": ["keyRecoveryAgent": ["Mine"]]]]),
        ]
        for (place, document) in changes {
            for target in ["/configuration?dryRun=true", "/configuration"] {
                let answer = await served.ask("PUT", target, body: document, headers: yaml)
                #expect(answer.status == 409, "\(place): \(answer.text)")
                #expect(
                    answer.json["detail"]?.string?.contains("\(place) decides who can open") == true, "\(answer.text)")
            }
        }
        let stored = await served.ask("GET", "/configuration").text
        #expect(stored.contains("first") && !stored.contains("second") && !stored.contains("Mine"))
    }

    /// Asking beforehand says what doing says.
    @Test func aViewOfSomebodyElseIsRefusedDryToo() async throws {
        let served = try await ServedGateway()
        let made = await served.ask(
            "POST", "/views", body: ["name": "mine", "address": "/console/orders", "shared": true])
        for address in ["//evil.example", "https://evil.example", "javascript:alert(1)"] {
            let body: JSONValue = ["name": "mine", "address": .string(address)]
            #expect(await served.ask("POST", "/views?dryRun=true", body: body).status == 422, "\(address)")
        }
        let id = try #require(made.json["id"]?.int, "\(made.text)")
        for query in ["?dryRun=true", ""] {
            for (method, body) in [("DELETE", nil), ("PATCH", ["name": "yours"] as JSONValue)] {
                let answer = await served.ask(method, "/views/\(id)\(query)", as: "auditor", body: body)
                #expect(answer.status == 409, "\(method) \(query): \(answer.text)")
            }
        }
        #expect(await served.ask("DELETE", "/views/\(id)?dryRun=true").status == 204)
        #expect(await served.ask("DELETE", "/views/\(id)").status == 204)
    }

    /// Databases refuse it, and files end there: nothing behind the entrance meets it.
    @Test func noTextHoldsNull() async throws {
        let served = try await ServedGateway()
        let bodies: [(String, JSONValue)] = [
            ("/recoveries", ["certificate": "\0", "purpose": "p"]), ("/order-releases", ["backendCA": "a\0b"]),
            ("/notification-previews", ["event": "issued", "user": "a\0b"]),
            ("/backend-cas/checks", ["name": "n", "connector": "c", "acceptedRoots": "/r", "settings": ["a\0": 1]]),
        ]
        for role in ["administrator", "keyRecoveryAgent"] {
            for (target, body) in bodies {
                let answer = await served.ask("POST", target, as: role, body: body)
                #expect([403, 422].contains(answer.status), "\(target): \(answer.text)")
                if answer.status == 422 { #expect(answer.text.contains("U+0000"), "\(answer.text)") }
            }
        }
        let export = await served.ask("POST", "/exports", body: ["list": "people", "format": "csv", "query": "q=%00"])
        #expect(export.status == 422, "\(export.text)")
        for target in ["/people?q=%00", "/certificates?text=%00"] {
            #expect(await served.ask("GET", target).status == 400, "\(target)")
        }
        let name = await served.ask(
            "PUT", "/configuration", body: ["limits": ["a\0b": 1]], headers: yaml)
        #expect(name.status == 422 && name.text.contains("U+0000"), "\(name.text)")
    }

    /// Not when the first mail or call leaves.
    @Test func unfitTextsAreRefusedWithTheirPlace() async throws {
        let served = try await ServedGateway()
        func refused(_ more: [String: JSONValue]) async -> [String] {
            var section: [String: JSONValue] = ["from": "c@example.org", "smtp": ["server": "mail.example.org"]]
            section.merge(more) { $1 }
            let answer = await served.ask(
                "PUT", "/configuration", body: ["notifications": .object(section)], headers: yaml)
            return answer.status == 422 ? (answer.json["errors"]?.array ?? []).compactMap { $0["pointer"]?.string } : []
        }
        for subject in ["a\r\nBcc: b@example.org", "a\nb", "a\u{0}"] {
            let event: JSONValue = ["event": "issued", "en": ["subject": .string(subject), "text": "x"]]
            #expect(await refused(["events": [event]]) == ["notifications.events[0].en.subject"])
        }
        for url in ["https://example.org/a\r\nHost: b", "ftp://example.org", "https://", "https://a:b@example.org/"] {
            let hook: JSONValue = ["name": "w", "url": .string(url), "secret": "env:S"]
            #expect(await refused(["webhooks": [hook]]) == ["notifications.webhooks[0].url"], "\(url)")
        }
    }

    /// One that opens streams without end keeps nobody, and no other call of its own, from an answer.
    @Test func eventStreamsOfOneAreCounted() async throws {
        let served = try await ServedGateway()
        func listen(_ role: String) async -> ServerAnswer {
            await served.api.answer(
                ServerRequest(
                    method: "GET", path: "/api/v1/events", target: "/api/v1/events", query: [],
                    headers: [("X-Test-Role", role)], body: []))
        }
        func isOpen(_ answer: ServerAnswer) -> Bool { if case .stream = answer { true } else { false } }
        var streams: [ServerAnswer] = []
        for _ in 0..<EventHub.maximumOfOne { streams.append(await listen("administrator")) }
        #expect(streams.allSatisfy(isOpen))
        let surplus = await listen("administrator")
        #expect(Answer(surplus).status == 429 && Answer(surplus).code == "tooManyListeners")
        #expect(Answer(surplus).headers["retry-after"] != nil)
        #expect(isOpen(await listen("auditor")))
        #expect(await served.ask("GET", "/session").status == 200)
        await served.api.stop()
    }
}
