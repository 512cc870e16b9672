// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Foundation
import HTTPServing
import HTTPTransport
import JSONDocuments
import MicrosoftGraph
import PKIX
import TestSupport
import Testing

/// wire/intune-pfx.md sections 2 to 6, 9 and 10.
@Suite(.timeLimit(.minutes(5))) struct IntunePFXUploaderTests {
    private static let userID = "5F2C7C1E-0d3b-4a86-9f17-2b6d8e4c9a10"
    private static let entityID = "5f2c7c1e0d3b4a869f172b6d8e4c9a10-089077cd998fd8c8ff96965f94b16f730feddd89"

    private struct Setup {
        let intune: FakeIntune
        let graph: GraphHarness
        let uploader: IntunePFXUploader

        init(
            paddingScheme: PaddingScheme = .oaepSha512,
            encryption: PKCS12Bundle.Encryption = IntuneSettings.usualEncryption,
            keyName: String = "PFXEncryptionKey"
        ) throws {
            let intune = FakeIntune(userID: userID.lowercased())
            self.intune = intune
            graph = try GraphHarness { request, _ in intune.answer(request) }
            uploader = IntunePFXUploader(
                graph: graph.client,
                settings: try IntuneSettings(
                    publicKey: Fixtures.connectorPublicKey(), keyName: keyName, paddingScheme: paddingScheme,
                    encryption: encryption))
        }

        func deliver(
            as name: String = "ada.vector@sandbox.example", encryption: PKCS12Bundle.Encryption? = nil
        ) async throws -> DeliveryReceipt {
            let user = try Fixtures.user()
            return try await uploader.deliver(
                key: user.key, certificateChain: [user.certificate] + user.chain, userID: userID,
                userPrincipalName: name, purpose: .smimeEncryption, encryption: encryption)
        }

        var methods: [String] { graph.service.requests.map(\.method) }
    }

    /// Decrypts and opens an uploaded entity with another implementation; prints the password's length.
    private static let judge = """
        import sys, json, base64, hashlib
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding
        from cryptography.hazmat.primitives.serialization import pkcs12
        entity, pem = sys.stdin.read().split("\\n", 1)
        entity = json.loads(entity)
        key = serialization.load_pem_private_key(pem.encode(), None)
        hash = getattr(hashes, entity["paddingScheme"].replace("oaepSha", "SHA"))
        sealed = base64.b64decode(entity["encryptedPfxPassword"], validate=True)
        assert len(sealed) == 256
        password = key.decrypt(sealed, padding.OAEP(padding.MGF1(hash()), hash(), None))
        assert all(chr(c).isascii() and (chr(c).isalnum() or chr(c) in "-_.~!") for c in password), password
        blob = base64.b64decode(entity["encryptedPfxBlob"], validate=True)
        bundle = pkcs12.load_pkcs12(blob, password)
        leaf = bundle.cert.certificate
        assert hashlib.sha1(leaf.public_bytes(serialization.Encoding.DER)).hexdigest() == entity["thumbprint"]
        assert bundle.key.public_key().public_numbers() == leaf.public_key().public_numbers()
        assert len(bundle.additional_certs) == 1
        assert leaf.not_valid_before.strftime("%Y-%m-%dT%H:%M:%SZ") == entity["startDateTime"]
        assert leaf.not_valid_after.strftime("%Y-%m-%dT%H:%M:%SZ") == entity["expirationDateTime"]
        print(len(password), b"\\x2a\\x86\\x48\\x86\\xf7\\x0d\\x01\\x0c\\x01\\x03" in blob)
        """

    @Test(
        "what is uploaded opens elsewhere",
        arguments: PaddingScheme.allCases, PKCS12Bundle.Encryption.allCases)
    func uploads(_ scheme: PaddingScheme, _ encryption: PKCS12Bundle.Encryption) async throws {
        let setup = try Setup(paddingScheme: scheme, encryption: encryption)
        let receipt = try await setup.deliver()
        #expect(receipt.outcome == .delivered && receipt.entityID == Self.entityID)
        #expect(receipt.encryption == encryption && receipt.connectorKey != nil)
        #expect(setup.methods == ["GET", "POST"])
        let entity = try #require(setup.intune.entities[Self.entityID])
        #expect(entity["intendedPurpose"] == "smimeEncryption" && entity["keyName"] == "PFXEncryptionKey")
        #expect(entity["startDateTime"] == "2025-01-01T00:00:00Z")
        let pem = String(decoding: try Fixtures.bytes("connector-rsa2048-private.pem"), as: UTF8.self)
        let judged = try await Tool.python(Self.judge, input: Array("\(entity.text)\n\(pem)".utf8))
        #expect(judged == "32 \(encryption == .tripleDESSHA1 ? "True" : "False")\n")
        let verifier = PFXImportVerifier(privateKey: try Fixtures.connectorKey(), keyName: "PFXEncryptionKey")
        _ = try verifier.open(entity, addresses: ["ada.vector@sandbox.example"])
    }

    @Test(
        "a delivery's own encryption wins, on whatever way the file gets there, and the receipt names it",
        arguments: DeliveryReceipt.Outcome.allCases, PKCS12Bundle.Encryption.allCases)
    func recordsTheEncryption(_ outcome: DeliveryReceipt.Outcome, _ encryption: PKCS12Bundle.Encryption) async throws {
        let other = try #require(PKCS12Bundle.Encryption.allCases.first { $0 != encryption })
        let setup = try Setup(encryption: other)
        switch outcome {
        case .delivered: break
        case .alreadyThere:
            setup.intune.change {
                $0.postAnswer = .cutConnection; $0.storesFirst = true
            }
        case .updated: #expect(try await setup.deliver().encryption == other)
        }
        let receipt = try await setup.deliver(encryption: encryption)
        // Which key the password is encrypted to is part of the proof.
        #expect(receipt.connectorKey != nil)
        #expect(
            receipt
                == DeliveryReceipt(
                    outcome: outcome, entityID: Self.entityID, encryption: encryption,
                    connectorKey: receipt.connectorKey))
        #expect("\(receipt)".contains(encryption.rawValue) && !"\(receipt)".contains(other.rawValue))
        let entity = try #require(setup.intune.entities[Self.entityID])
        let pem = String(decoding: try Fixtures.bytes("connector-rsa2048-private.pem"), as: UTF8.self)
        let judged = try await Tool.python(Self.judge, input: Array("\(entity.text)\n\(pem)".utf8))
        #expect(judged == "32 \(encryption == .tripleDESSHA1 ? "True" : "False")\n")
    }

    @Test func everyUploadHasItsOwnPassword() async throws {
        let (one, two) = (try Setup(), try Setup())
        _ = try await one.deliver()
        _ = try await two.deliver()
        let blobs = [one, two].map { $0.intune.entities[Self.entityID]?["encryptedPfxBlob"]?.string }
        #expect(blobs[0] != blobs[1])
    }

    /// An entry looks the same whichever key of that name its password is encrypted to: one made anew opens only new ones.
    @Test func whatStoodThereIsReplacedInPlace() async throws {
        let setup = try Setup()
        _ = try await setup.deliver()
        let before = setup.intune.entities[Self.entityID]
        #expect(try await setup.deliver(as: "ADA.vector@sandbox.example").outcome == .updated)
        #expect(setup.methods == ["GET", "POST", "GET", "PATCH"])
        #expect(setup.intune.entities.count == 1)
        let after = try #require(setup.intune.entities[Self.entityID])
        #expect(after["encryptedPfxPassword"] != before?["encryptedPfxPassword"])
        #expect(after["encryptedPfxBlob"] != before?["encryptedPfxBlob"])
    }

    @Test func whatDiffersIsReplaced() async throws {
        let setup = try Setup()
        _ = try await setup.deliver()
        let before = setup.intune.entities[Self.entityID]
        let receipt = try await setup.deliver(as: "ada.lovelace@sandbox.example")
        #expect(receipt.outcome == .updated)
        #expect(setup.methods == ["GET", "POST", "GET", "PATCH"])
        let after = try #require(setup.intune.entities[Self.entityID])
        #expect(after["userPrincipalName"] == "ada.lovelace@sandbox.example")
        #expect(after["encryptedPfxBlob"] != before?["encryptedPfxBlob"] && after["encryptedPfxBlob"] != "AA==")
    }

    @Test(
        "a create that was stored but not answered is found, not repeated",
        arguments: [
            ServerAnswer.graphError(503, "serviceNotAvailable"), .cutConnection,
            .truncated(status: 201, body: Array("{}".utf8), sent: 1),
        ])
    func ambiguousCreate(_ answer: ServerAnswer) async throws {
        let setup = try Setup()
        setup.intune.change {
            $0.postAnswer = answer; $0.storesFirst = true
        }
        #expect(try await setup.deliver().outcome == .alreadyThere)
        #expect(setup.methods == ["GET", "POST", "GET"])
        #expect(setup.intune.entities.count == 1)
    }

    @Test(
        "a create that came second replaces what the first has left",
        arguments: [ServerAnswer.graphError(409, "Conflict"), .graphError(400, "BadRequest")])
    func secondCreate(_ answer: ServerAnswer) async throws {
        let setup = try Setup()
        setup.intune.change {
            $0.postAnswer = answer; $0.storesFirst = true
        }
        #expect(try await setup.deliver().outcome == .updated)
        #expect(setup.methods == ["GET", "POST", "GET", "PATCH"])
        #expect(setup.intune.entities.count == 1)
    }

    @Test(
        "a create that is nowhere to be found is left to the next call",
        arguments: [
            (ServerAnswer.cutConnection, GraphError.Kind.outcomeUnknown), (.graphError(400, "BadRequest"), .refused),
            (.graphError(409, "Conflict"), .conflict), (.graphError(403, "Forbidden"), .permission),
        ])
    func failedCreate(_ answer: ServerAnswer, _ kind: GraphError.Kind) async throws {
        let setup = try Setup()
        setup.intune.change { $0.postAnswer = answer }
        let error = await #expect(throws: GraphError.self) { try await setup.deliver() }
        #expect(error?.kind == kind)
        #expect(setup.methods.filter { $0 == "POST" }.count == 1)
        setup.intune.change { $0.postAnswer = nil }
        #expect(try await setup.deliver().outcome == .delivered)
    }

    /// Whoever stands in between says yes: a success that names nothing, or something else.
    private static let emptySuccesses: [ServerAnswer] = [
        .json([:], status: 201), .json([:]), .response(status: 204), .response(status: 200),
        .json(["id": "5f2c7c1e0d3b4a869f172b6d8e4c9a10-00"], status: 201), .json(["value": []]),
    ]

    @Test("a success without the entity counts once Intune holds it", arguments: emptySuccesses)
    func emptySuccess(_ answer: ServerAnswer) async throws {
        let setup = try Setup()
        setup.intune.change { $0.postAnswer = answer }
        let error = await #expect(throws: GraphError.self) { try await setup.deliver() }
        #expect(error?.kind == .outcomeUnknown)
        #expect(setup.methods.filter { $0 == "POST" }.count == 1)
        setup.intune.change { $0.storesFirst = true }
        #expect(try await setup.deliver().outcome == .delivered)
        #expect(setup.methods.suffix(3) == ["GET", "POST", "GET"])
        #expect(setup.intune.entities.count == 1)
    }

    @Test("a replacement without an answer counts once Intune holds it", arguments: emptySuccesses)
    func emptyReplacement(_ answer: ServerAnswer) async throws {
        let setup = try Setup()
        _ = try await setup.deliver()
        setup.intune.change {
            $0.patchAnswer = answer; $0.patches = false
        }
        let error = await #expect(throws: GraphError.self) { try await setup.deliver(as: "ada@new.example") }
        #expect(error?.kind == .outcomeUnknown)
        setup.intune.change { $0.patches = true }
        #expect(try await setup.deliver(as: "ada@new.example").outcome == .updated)
        #expect(setup.methods.suffix(3) == ["GET", "PATCH", "GET"])
        #expect(setup.intune.entities[Self.entityID]?["userPrincipalName"] == "ada@new.example")
    }

    /// The name is another person's by now, whose devices must not get the key.
    @Test(arguments: [nil, ServerAnswer.json([:], status: 201), .response(status: 204)])
    func whatIsFiledUnderSomebodyElseIsTakenOut(_ answer: ServerAnswer?) async throws {
        let setup = try Setup()
        setup.intune.change {
            $0.filesUnder = "00000000-1111-2222-3333-444444444444"
            $0.postAnswer = answer; $0.storesFirst = true
        }
        let error = await #expect(throws: GraphError.self) { try await setup.deliver() }
        #expect(error?.kind == .configuration)
        #expect(setup.intune.entities.isEmpty && setup.methods.last == "DELETE")
    }

    /// Neither the answer nor the look-up told where it went: whoever takes the delivery up again takes it out, under each name it
    /// left under, and leaves alone what is the person's own.
    @Test func aStrayIsTakenOutLater() async throws {
        let setup = try Setup()
        let (now, before) = ("ada.vector@sandbox.example", "ada.old@sandbox.example")
        _ = try await setup.deliver(as: now)
        setup.intune.change {
            $0.filesUnder = "00000000-1111-2222-3333-444444444444"
            $0.postAnswer = .graphError(504, "GatewayTimeout"); $0.storesFirst = true
            $0.entities = $0.entities.filter { !$0.key.hasPrefix("5f2c") }
        }
        _ = await #expect(throws: GraphError.self) { try await setup.deliver(as: before) }
        #expect(setup.intune.entities.count == 1)
        setup.intune.change {
            $0.filesUnder = nil; $0.postAnswer = nil
        }
        func withdraw(_ names: [String]) async throws -> Int {
            let strays = try await setup.uploader.strays(
                userID: Self.userID, thumbprint: try Fixtures.user().certificate.sha1Fingerprint, sentUnder: names)
            for stray in strays { try await setup.uploader.takeOut(stray: stray) }
            return strays.count
        }
        #expect(try await withdraw([now]) == 0 && setup.intune.entities.count == 1)
        #expect(try await withdraw([now, before]) == 1 && setup.intune.entities.isEmpty)
        _ = try await setup.deliver(as: now)
        #expect(try await withdraw([now, before]) == 0 && setup.intune.entities.count == 1)
    }

    /// What Intune is said to hold is the entity that was asked for, or nothing is known.
    @Test func anAnswerAboutNothingIsNoEntity() async throws {
        let graph = try GraphHarness { _, _ in .json([:]) }
        let uploader = IntunePFXUploader(
            graph: graph.client,
            settings: try IntuneSettings(publicKey: Fixtures.connectorPublicKey(), keyName: "PFXEncryptionKey"))
        let user = try Fixtures.user()
        let error = await #expect(throws: GraphError.self) {
            try await uploader.deliver(
                key: user.key, certificateChain: [user.certificate], userID: Self.userID, userPrincipalName: "a@b",
                purpose: .smimeSigning)
        }
        #expect(error?.kind == .transient)
        #expect(!graph.service.requests.contains { $0.method == "POST" || $0.method == "PATCH" })
    }

    @Test func aThrottledCreateIsRepeated() async throws {
        let setup = try Setup()
        let intune = setup.intune
        let graph = try GraphHarness { request, index in
            index == 1 ? .graphError(429, "TooManyRequests", headers: [("Retry-After", "2")]) : intune.answer(request)
        }
        let uploader = IntunePFXUploader(
            graph: graph.client,
            settings: try IntuneSettings(publicKey: Fixtures.connectorPublicKey(), keyName: "PFXEncryptionKey"))
        let user = try Fixtures.user()
        let receipt = try await uploader.deliver(
            key: user.key, certificateChain: [user.certificate], userID: Self.userID, userPrincipalName: "a@b",
            purpose: .smimeSigning)
        #expect(receipt.outcome == .delivered)
        #expect(graph.clock.sleeps == [.seconds(2)])
    }

    @Test func aForeignKeyIsNeverSent() async throws {
        let setup = try Setup()
        let user = try Fixtures.user()
        let error = await #expect(throws: GraphError.self) {
            try await setup.uploader.deliver(
                key: PrivateKey.generate(.p256), certificateChain: [user.certificate], userID: Self.userID,
                userPrincipalName: "a@b", purpose: .smimeSigning)
        }
        #expect(error?.kind == .refused)
        #expect(setup.methods.isEmpty)
    }

    @Test func withdrawingTwiceIsSuccess() async throws {
        let setup = try Setup()
        _ = try await setup.deliver()
        let thumbprint = try Fixtures.user().certificate.sha1Fingerprint.uppercased()
        #expect(try await setup.uploader.withdraw(userID: Self.userID, thumbprint: thumbprint))
        #expect(try await !setup.uploader.withdraw(userID: Self.userID, thumbprint: thumbprint))
        #expect(try await setup.uploader.certificate(userID: Self.userID, thumbprint: thumbprint) == nil)
        #expect(setup.intune.entities.isEmpty)
    }

    @Test func listsAllPagesOfOneUser() async throws {
        let setup = try Setup()
        _ = try await setup.deliver(as: "o'Hara+x#1@sandbox.example")
        setup.intune.change { state in
            let first = state.entities[Self.entityID] ?? .null
            for number in 0..<4 { state.entities["more-\(number)"] = first }
            var other = first
            other["userPrincipalName"] = "other@sandbox.example"
            state.entities["other"] = other
            state.pageSize = 2
        }
        let found = try await setup.uploader.certificates(of: "O'HARA+x#1@sandbox.example")
        #expect(found.count == 5)
        #expect(found.allSatisfy { $0.providerName == "Microsoft Software Key Storage Provider" })
        #expect(try await setup.uploader.certificates().count == 6)
        setup.intune.change { $0.foreignLink = "https://evil.example/beta/x" }
        let error = await #expect(throws: GraphError.self) { try await setup.uploader.certificates() }
        #expect(error?.kind == .configuration)
        #expect(try await setup.uploader.check() == .unknown)
    }

    @Test func theTraceShowsNeitherFileNorPassword() async throws {
        let intune = FakeIntune(userID: Self.userID.lowercased())
        let service = try ScriptedService { request, _ in
            request.path.hasSuffix("/token") ? .token("very-secret-token") : intune.answer(request)
        }
        let seen = TraceCollector()
        let sender = RequestSender(http: CurlHTTPClient(trace: { seen.add("\($0)") }), clock: TestClock())
        let endpoints = TenantEndpoints(authority: service.url, graph: service.url)
        let client = GraphClient(
            endpoints: endpoints,
            credential: ClientSecretCredential(
                tenant: "t", clientID: "c", secret: .init("very+secret/value"), endpoints: endpoints), sender: sender)
        let uploader = IntunePFXUploader(
            graph: client,
            settings: try IntuneSettings(publicKey: Fixtures.connectorPublicKey(), keyName: "PFXEncryptionKey"))
        let user = try Fixtures.user()
        _ = try await uploader.deliver(
            key: user.key, certificateChain: [user.certificate], userID: Self.userID, userPrincipalName: "a@b",
            purpose: .smimeSigning)
        let text = seen.text
        let entity = try #require(intune.entities.values.first)
        #expect(text.contains("userPfxCertificates"))
        for secret in [
            "very-secret-token", "very+secret", "very%2Bsecret", entity["encryptedPfxPassword"]?.string ?? "?",
            String(entity["encryptedPfxBlob"]?.string?.prefix(60) ?? "?"),
        ] {
            #expect(!text.contains(secret), "\(secret)")
        }
    }
}
