// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorHost
import Delivery
import Foundation
import Fulfilment
import Gateway
import HTTPTransport
import JSONDocuments
import KeyHoldings
import Ledger
import MicrosoftGraph
import PKIX
import Secrets
import Settings
import Store
import Synchronization
import TestSupport
import Testing

/// Keys that are to be on devices and of which no copy is at hand: what Intune holds is there, what was never here is nobody's gap, and
/// what is for a former key of the connectors is said until it is no more.
@Suite(.timeLimit(.minutes(5))) struct KeyWithoutCopyTests {
    private let office: Office
    /// Ids of what Intune holds.
    private let held = HeldIDs()
    private let connectors: [IntuneSettings]

    private final class HeldIDs: Sendable {
        private let ids = Mutex<Set<String>>([])
        func insert(_ id: String) { ids.withLock { _ = $0.insert(id) } }
        func answer(_ url: String) -> HTTPResponse {
            let id = ids.withLock { $0.first { url.contains($0) } }
            return id.map {
                HTTPResponse(200, json: #"{"id": "\#($0)", "providerName": "provider", "keyName": "key"}"#)
            }
                ?? HTTPResponse(404, json: #"{"error": {"code": "ResourceNotFound", "message": "none"}}"#)
        }
    }

    init() async throws {
        office = try await Office()
        connectors = try (0..<2).map { _ in
            try IntuneSettings(
                publicKey: PrivateKey.generate(.rsa2048).publicKey, providerName: "provider", keyName: "key")
        }
    }

    private var store: KeyHoldingStore { KeyHoldingStore(office.ledger) }

    private func uploader(_ settings: IntuneSettings) -> IntunePFXUploader {
        let endpoints = TenantEndpoints(authority: "https://login.test", graph: "https://graph.test")
        let held = held
        let http = ScriptedClient { request, _ throws(HTTPTransportError) in
            request.url.hasSuffix("/token")
                ? HTTPResponse(200, json: #"{"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}"#)
                : held.answer(request.url)
        }
        return IntunePFXUploader(
            graph: GraphClient(
                endpoints: endpoints,
                credential: ClientSecretCredential(
                    tenant: "t", clientID: "c", secret: Secret("s"), endpoints: endpoints),
                sender: RequestSender(http: http, clock: TestClock())), settings: settings)
    }

    /// A certificate in use whose key was delivered and erased.
    ///
    /// - Parameter connector: for which key of the connectors it was delivered; nil for one that others had delivered.
    private func certificate(_ person: String, deliveredFor connector: String?) async throws -> CertificateRecord {
        let record = try await office.issue(person, key: try .generate(.p256), at: Date() - 86_400)
        if let connector { try await note("delivered", record, for: connector, number: 1000) }
        try await office.store.database.write { connection in
            try connection.execute(
                connector == nil
                    ? "DELETE FROM order_keys WHERE order_id = ?"
                    : "UPDATE order_keys SET erased = 1 WHERE order_id = ?",
                [.integer(record.orderID)])
        }
        return record
    }

    private func note(_ kind: String, _ record: CertificateRecord, for connector: String, number: Int64) async throws {
        try await office.store.database.write { connection in
            try connection.insert(
                into: "order_events",
                ["order_id", "sequence_number", "occurred_at", "stage", "kind", "message", "data"],
                rows: [
                    [
                        .integer(record.orderID), .integer(number), .integer(1), .text("active"), .text(kind),
                        .text(""),
                        SQLValue(JSONValue.object(["connectorKey": .string(connector)])),
                    ]
                ])
        }
    }

    /// As a template with keyHistory notes it.
    ///
    /// - Parameter person: who is to have it; nil for whose it is.
    private func want(_ record: CertificateRecord, with person: String? = nil) async throws {
        try await office.store.database.write { connection in
            try connection.put(
                into: "key_holdings",
                key: ["certificate_id": .integer(record.id), "person_id": .text(person ?? record.subscriberID)],
                values: [
                    "user_principal_name": .text(record.userPrincipalName), "owner_id": .text(record.subscriberID),
                    "template": .text("smime"), "wanted": .integer(1), "actual": .text("absent"),
                    "reached": .integer(0), "since": .integer(1), "next_action_at": .integer(1),
                    "failures": .integer(0),
                ])
        }
    }

    private func inIntune(_ record: CertificateRecord) {
        held.insert(UserPFXCertificate.id(userID: record.subscriberID, thumbprint: record.sha1Fingerprint))
    }

    private func pass(_ settings: IntuneSettings, approvals: Int = 1) async throws -> KeyHoldingPass.Report {
        let context = EnrollmentContext(
            ledger: office.ledger, backends: BackendCARegistry([:]), keyRecoveryAgents: [],
            sealingKey: .random(), keyGenerator: KeyGenerator(concurrency: 1), uploader: uploader(settings),
            clock: office.ledger.clock, logger: StandardLogger(threshold: .error, write: { _ in }),
            memory: EngineMemory())
        var recovery = RecoveryConfiguration()
        recovery.approvals = approvals
        return try await KeyHoldingPass(context, rules: [], recovery: recovery).run(isComparing: false)
    }

    private func holding(_ record: CertificateRecord) async throws -> KeyHolding {
        try #require(try await store.holdings(ofCertificate: record.id).first)
    }

    @Test func whatIntuneHoldsIsNotMissing() async throws {
        let now = connectors[0].connector
        let kept = try await certificate("ada", deliveredFor: now)
        let former = try await certificate("bob", deliveredFor: "a former key")
        let adopted = try await certificate("cyd", deliveredFor: nil)
        let elsewhere = try await certificate("dan", deliveredFor: nil)
        let gone = try await certificate("eve", deliveredFor: now)
        for record in [kept, former, adopted, elsewhere, gone] { try await want(record) }
        for record in [kept, former, adopted] { inIntune(record) }
        let report = try await pass(connectors[0])
        #expect(report.delivered == 0 && report.problems.count == 1)
        #expect(
            report.problems.first?.hasPrefix("eve@example.org: the key of certificate \(gone.serialNumber)") == true)
        // Nobody is sent for what is in no archive.
        #expect(report.problems.allSatisfy { !$0.contains("recover") })
        var states: [KeyHolding.State] = []
        for record in [kept, former, adopted, elsewhere, gone] { states.append(try await holding(record).state) }
        #expect(states == [.delivered, .outdated, .delivered, .elsewhere, .missing])
        #expect(try await holding(kept).remark?.contains("no copy of the key is kept") == true)
        #expect(try await holding(adopted).remark?.contains("was never here") == true)
        #expect(try await holding(elsewhere).remark?.contains("was never here") == true)
        #expect(try await store.troubled(limit: 10).map(\.certificateID) == [gone.id])
        // The connectors' key changes: nothing of it can be delivered again, and each says so.
        try await office.store.database.write {
            try $0.execute("UPDATE key_holdings SET next_action_at = 1 WHERE actual = 'present'")
        }
        #expect(try await pass(connectors[1]).problems.isEmpty)
        #expect(try await holding(kept).state == .outdated)
        #expect(try await holding(adopted).state == .outdated)
    }

    /// The advice is a command that works here.
    @Test(arguments: [(1, "'certway key recover "), (2, "'certway key recovery request ")])
    func adviceFitsTheConfiguration(_ approvals: Int, _ command: String) async throws {
        let record = try await certificate("ada", deliveredFor: "a former key")
        try await office.store.database.write { connection in
            try connection.put(
                into: "archived_keys", key: ["order_id": .integer(record.orderID)],
                values: [
                    "certificate_id": .integer(record.id), "cms": .blob([1]), "recipients": .text("[]"),
                    "created_at": .integer(0),
                ])
        }
        try await want(record)
        let problem = try #require(try await pass(connectors[0], approvals: approvals).problems.first)
        #expect(problem.contains("\(command)\(record.serialNumber) --purpose"))
        #expect(problem.contains("does not come back into Intune"))
        #expect(try await holding(record).problem?.contains("certway") == false)
    }

    /// Dry run and deed say the same, and neither touches what cannot be delivered.
    @Test func redeliveryPromisesWhatItCanDo() async throws {
        let sealed = try await office.issue("ada", key: try .generate(.p256), at: Date() - 86_400)
        let erased = try await certificate("team", deliveredFor: connectors[0].connector)
        for record in [sealed, erased] { try await want(record, with: "ada") }
        try await office.store.database.write { connection in
            try connection.execute(
                "UPDATE key_holdings SET actual = 'present', connector = 'k', next_action_at = NULL")
            try connection.put(
                into: "directory_users", key: ["id": .text("ada")],
                values: [
                    "user_principal_name": .text("ada@example.org"), "is_deleted": .integer(0),
                    "attributes": .text("{\"userPrincipalName\":\"ada@example.org\"}"),
                ])
        }
        let administration = KeyHistoryAdministration(office.store, caller: .commandLine("eve"))
        let look = try await administration.redeliver("ada", isDryRun: true)
        let deed = try await administration.redeliver("ada", isDryRun: false)
        for history in [look, deed] {
            #expect(Set(history.keys.map(\.certificateID)) == [sealed.id, erased.id])
            #expect(history.withoutCopy.map(\.certificateID) == [erased.id])
        }
        #expect(try await holding(sealed).state == .delivering)
        #expect(try await holding(erased).state == .delivered)
    }

    /// Without keyHistory, too; until it is delivered for the key of today.
    @Test func formerDeliveriesAreSaidUntilTheyAreNoMore() async throws {
        let (old, new) = (connectors[0].connector, connectors[1].connector)
        let plain = try await certificate("ada", deliveredFor: old)
        _ = try await certificate("bob", deliveredFor: new)
        let unknown = try await certificate("cyd", deliveredFor: nil)
        let history = try await certificate("dan", deliveredFor: old)
        // Dan's was delivered once more since.
        try await store.noteDelivered(
            certificateID: history.id, personID: "dan", userPrincipalName: "dan@example.org", template: "smime",
            connector: new)
        let people = ["ada", "bob", "cyd", "dan"]
        let found = try await store.formerDeliveries(connector: new, people: people)
        #expect(found.map(\.certificateID) == [plain.id] && found.map(\.isDeliveredAgain) == [false])
        #expect(found.first?.sentence.contains("recordForOldConnectorKey") == true)
        let counts = try await store.formerDeliveries(connector: new)
        #expect(counts.keys.sorted() == ["smime"] && counts["smime"]?.left == 1 && counts["smime"]?.again == 0)
        #expect(try await store.formerDeliveries(connector: "third", people: people).count == 3)
        // What others had delivered counts from when it was taken over.
        try await note("adopted", unknown, for: old, number: 1000)
        #expect(try await store.formerDeliveries(connector: new)["smime"]?.left == 2)
        // What is taken out of Intune is no more there.
        _ = try await office.ledger.ask([.withdraw(certificateID: plain.id, cause: "lost", actor: "eve")])
        #expect(try await store.formerDeliveries(connector: new)["smime"]?.left == 1)
    }

    /// In words of plan, doctor and people's answers.
    @Test func peopleAndDoctorSaySo() async throws {
        let record = try await certificate("ada", deliveredFor: "a former key")
        try office.folder.write(connectors[0].publicKey.pem, to: "intune.key")
        try await office.apply(
            office.yaml(
                more: "intune: {publicKey: \(office.folder.path)/intune.key, keyName: key, providerName: provider}"))
        let sentences = try await office.store.formerDeliverySentences()
        #expect(sentences.map(\.template) == ["smime"])
        #expect(sentences.first?.sentence.contains("1 certificate in use lies in Intune for a former key") == true)
        let examination = try await Doctor(office.gateway()).examine()
        #expect(examination.findings.contains { $0.subject == "Intune" && $0.text == sentences.first?.sentence })
        // Once nothing was left for a key, nobody counts again before it changes.
        try await note("delivered", record, for: connectors[0].connector, number: 1001)
        #expect(try await office.store.formerDeliverySentences().isEmpty)
        #expect(try await office.store.formerDeliverySentences().isEmpty)
    }
}
