// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Foundation
import Gateway
import HTTPTransport
import Ledger
import MicrosoftGraph
import PKIX
import Secrets
import Store
import Synchronization
import TestSupport
import Testing

/// An older copy of the database by what Intune holds, and how far a person's consent reaches.
@Suite struct RestoreCheckTests {
    /// What Intune holds: thumbprint and since when.
    private final class Intune: Sendable {
        private let held = Mutex<[(thumbprint: String, created: Date, keyName: String)]>([])
        func take(_ thumbprint: String, _ created: Date, keyName: String = "key") {
            held.withLock { $0.append((thumbprint, created, keyName)) }
        }

        private var page: String {
            let entities = held.withLock { $0 }.map { entity in
                """
                {"id": "u-\(entity.thumbprint)", "thumbprint": "\(entity.thumbprint)", "userPrincipalName": "ada@example.org", \
                "providerName": "provider", "keyName": "\(entity.keyName)", \
                "createdDateTime": "\(entity.created.ISO8601Format())"}
                """
            }
            return #"{"value": [\#(entities.joined(separator: ", "))]}"#
        }

        func uploader() throws -> IntunePFXUploader {
            let endpoints = TenantEndpoints(authority: "https://login.test", graph: "https://graph.test")
            let http = ScriptedClient { request, _ throws(HTTPTransportError) in
                request.url.hasSuffix("/token")
                    ? HTTPResponse(200, json: #"{"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}"#)
                    : HTTPResponse(200, json: self.page)
            }
            return IntunePFXUploader(
                graph: GraphClient(
                    endpoints: endpoints,
                    credential: ClientSecretCredential(
                        tenant: "t", clientID: "c", secret: Secret("s"), endpoints: endpoints),
                    sender: RequestSender(http: http, clock: TestClock())),
                deliveringNothing: "a test", providerName: "provider", keyName: "key")
        }
    }

    private let office: Office
    private let intune = Intune()
    private let check: RestoreCheck
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    /// Somebody is about to be ordered for.
    init() async throws {
        office = try await Office()
        check = try await office.gateway().restoreCheck
        try await office.store.database.write { connection in
            try connection.put(
                into: "enrollment_decisions", key: ["template": .text("smime"), "subscriber_id": .text("ada")],
                values: [
                    "user_principal_name": .text("ada@example.org"), "verdict": .text("order"), "reason": .text(""),
                    "names": .text("{}"), "newest_order": .integer(0),
                ])
        }
    }

    private static func thumbprint(_ digit: Character) -> String { String(repeating: digit, count: 40) }

    private func sign() async throws -> String? { try await check.sign(intune.uploader(), templates: ["smime"]) }

    private func accept(at date: Date = start) async throws {
        _ = try await check.accept(by: "eve", at: date, intune.uploader())
    }

    /// One that the database does not know was ordered after the copy was made, unless it is for somebody else's key.
    @Test func whatIntuneHoldsAndNobodyKnowsIsASign() async throws {
        #expect(try await sign() == nil)
        intune.take(Self.thumbprint("a"), Self.start, keyName: "of another gateway")
        #expect(try await sign() == nil)
        intune.take(Self.thumbprint("b"), Self.start)
        #expect(try await sign()?.contains("Intune holds certificate bbbb") == true)
        #expect(try await check.known()?.contains("certway restore accept") == true, "also without asking Intune")
    }

    @Test func whatTheDatabaseKnowsIsNone() async throws {
        try await office.issue("ada", by: (office.root, office.rootKey), at: Office.start + 60)
        intune.take(try #require(try await office.ledger.certificates().first?.sha1Fingerprint), Self.start)
        #expect(try await sign() == nil)
        #expect(try await check.forgotten(in: intune.uploader()).isEmpty)
    }

    /// Who has consented once is warned again when the same copy, or another one, comes back once more.
    @Test func aConsentReachesAsFarAsWhatIntuneHeld() async throws {
        intune.take(Self.thumbprint("b"), Self.start)
        try await accept()
        #expect(try await sign() == nil)
        #expect(try await check.known() == nil)
        intune.take(Self.thumbprint("c"), Self.start + 60)
        #expect(try await sign()?.contains("cccc") == true)
        let forgotten = try await check.forgotten(in: intune.uploader())
        #expect(forgotten.map(\.isAccepted) == [true, false])
    }

    /// Our clock may be ahead of Intune's.
    @Test func aClockThatIsAheadDoesNotReachFurther() async throws {
        intune.take(Self.thumbprint("b"), Self.start)
        try await accept(at: Self.start + 7200)
        intune.take(Self.thumbprint("c"), Self.start + 60)
        #expect(try await sign()?.contains("cccc") == true)
    }

    /// The number beside the database knows of more than the database; whoever consents takes that back, too.
    @Test func aConsentEndsWhatTheNumberSays() async throws {
        try office.folder.write("3\n", to: "home/certway.submissions")
        #expect(try await sign()?.contains("3 have left") == true)
        try await accept()
        #expect(try await sign() == nil)
    }
}
