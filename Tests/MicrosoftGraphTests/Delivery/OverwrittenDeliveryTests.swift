// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import JSONDocuments
import MicrosoftGraph
import PKIX
import TestSupport
import Testing

/// wire/intune-pfx.md section 4: what is found after a create without an answer need not be what the create said.
@Suite(.timeLimit(.minutes(5))) struct OverwrittenDeliveryTests {
    private static let userID = "5f2c7c1e-0d3b-4a86-9f17-2b6d8e4c9a10"

    @Test(
        "a create that is found with other words is replaced",
        arguments: [
            ("intendedPurpose", "smimeSigning"), ("userPrincipalName", "eve@sandbox.example"),
            ("startDateTime", "2024-01-01T00:00:00Z"), ("expirationDateTime", "2099-01-01T00:00:00Z"),
            ("providerName", "another provider"), ("keyName", "AnotherKey"), ("paddingScheme", "oaepSha256"),
        ])
    func isReplaced(_ name: String, _ value: String) async throws {
        let intune = FakeIntune(userID: Self.userID)
        intune.change {
            $0.postAnswer = .cutConnection; $0.storesFirst = true
            $0.overwritten = [name: .string(value)]
        }
        let graph = try GraphHarness { request, _ in intune.answer(request) }
        let uploader = IntunePFXUploader(
            graph: graph.client,
            settings: try IntuneSettings(publicKey: Fixtures.connectorPublicKey(), keyName: "PFXEncryptionKey"))
        let user = try Fixtures.user()
        let receipt = try await uploader.deliver(
            key: user.key, certificateChain: [user.certificate] + user.chain, userID: Self.userID,
            userPrincipalName: "ada.vector@sandbox.example", purpose: .smimeEncryption)
        #expect(receipt.outcome == .updated)
        #expect(graph.service.requests.map(\.method) == ["GET", "POST", "GET", "PATCH"])
        let entity = try #require(intune.entities[receipt.entityID])
        #expect(intune.entities.count == 1 && entity[name] != .string(value))
    }
}
