// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import JSONDocuments
import KeyArchival
import KeyHoldings
import Ledger
import PKIX
import Settings
import Store
import TestSupport
import Testing

@testable import Directory
@testable import Fulfilment
@testable import Names
@testable import Planning

/// A gateway with a real database, a directory filled by hand and a CA in memory.
final class TestGateway: Sendable {
    let clock = SteppingClock()
    let database: FailingDatabase
    let ledger: OrderLedger
    let mirror: DirectoryMirror
    let planner: EnrollmentPlanner
    let ca: ScriptedConnector
    /// The connector of backend CA `other`.
    let otherCA: ScriptedConnector
    let backends: BackendCARegistry
    let agents: [KeyRecoveryAgent]
    let agentKey: PrivateKey
    let sealingKey = SealingKey.random()
    private let memory = Noted(EngineMemory())

    static let group = "aaaaaaaa-0000-0000-0000-00000000000a"

    /// - Parameter abilities: what the profile of backend CAs `main` and `other` claims; `broken` is a third one, which
    ///   cannot be used.
    init(abilities: [ConnectorAbility] = [.poll, .findByReference, .cancel], agentValidDays: Double = 365) async throws
    {
        database = FailingDatabase(
            try await TestDatabase(
                OrderLedger.migrations + DirectorySchema.migrations + DecisionStore.migrations
                    + IncidentStore.migrations + KeyHoldingTables.migrations))
        ledger = OrderLedger(database: database, clock: clock)
        mirror = DirectoryMirror(database: database)
        planner = EnrollmentPlanner(database: ledger.database, mirror: mirror, ledger: ledger, clock: clock)
        let authority = try TestAuthority(now: clock.now())
        ca = ScriptedConnector(authority: authority, clock: clock)
        otherCA = ScriptedConnector(authority: authority, clock: clock)
        let profile = try ConnectorProfile.read(
            """
            connector: scripted
            title: Scripted
            module: scripted
            abilities: [\(abilities.map(\.rawValue).joined(separator: ", "))]
            """, file: "scripted.yaml")
        backends = BackendCARegistry([
            "main": .ready(
                BackendCA(name: "main", profile: profile, connector: ca, acceptedRoots: [authority.root])),
            "other": .ready(
                BackendCA(name: "other", profile: profile, connector: otherCA, acceptedRoots: [authority.root])),
            "broken": .unusable("its module is missing"),
        ])
        agentKey = try .generate(.p256)
        let certificate = try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", "Agent")], publicKey: agentKey.publicKey,
            notBefore: clock.now() - 86_400, notAfter: clock.now() + 86_400 * agentValidDays
        ).selfSigned(key: agentKey)
        agents = [KeyRecoveryAgent(name: "agent", certificate: certificate)]
        for collection in ClaimantCollection.allCases { try await setListed(collection) }
        for name in ["main", "other"] {
            guard case .ready(let backend)? = backends[name] else { continue }
            let reached = RootProof.reached(
                connection: backend.connection, root: backend.acceptedRoots[0].sha256Fingerprint)
            try await ledger.keepProof(.acceptedRoots, of: name, reached.json)
        }
    }

    /// As if the addresses of a collection of the tenant had been read to their end.
    private func setListed(_ collection: ClaimantCollection) async throws {
        try await database.write { connection in
            try connection.put(
                into: "directory_listings", key: ["collection": .text(collection.rawValue)],
                values: ["epoch": .integer(1), "listed_at": .integer(0)])
        }
    }

    func engine(concurrency: Int = 8, lease: Duration = .seconds(300)) -> EnrollmentEngine {
        engine(lease: lease) { $0.concurrency = concurrency }
    }

    /// An engine of the process that is running: what it remembers beside the ledger, every engine of it does.
    func engine(
        lease: Duration = .seconds(300), agents: [KeyRecoveryAgent]? = nil, sealingKey: SealingKey? = nil,
        change: @escaping @Sendable (inout EnrollmentContext) -> Void
    ) -> EnrollmentEngine {
        let memory = memory.value
        return EnrollmentEngine(memory: memory, owner: "node-1", lease: lease, grace: .milliseconds(300)) { [self] in
            var context = context(agents: agents, sealingKey: sealingKey)
            change(&context)
            return context
        }
    }

    /// What the stages of such an engine work with.
    func context(agents: [KeyRecoveryAgent]? = nil, sealingKey: SealingKey? = nil) -> EnrollmentContext {
        EnrollmentContext(
            ledger: ledger, backends: backends, keyRecoveryAgents: agents ?? self.agents,
            sealingKey: sealingKey ?? self.sealingKey, keyGenerator: KeyGenerator(concurrency: 2), uploader: nil,
            clock: clock, logger: SilentLogger(), memory: memory.value)
    }

    /// The process has ended and another one begins.
    func restart(boot: String = "first") async throws {
        memory.change { $0 = EngineMemory(boot: boot) }
        try await ledger.releaseLeases(of: "node-1")
    }

    /// One pass over what is due now.
    func work() async throws { try await engine().work(until: nil) }

    /// - Parameter members: further members of the template, as YAML.
    static func template(_ members: String = "", backendCA: String = "main") throws -> TemplateConfiguration {
        let text = """
            templates:
              - {name: smime, group: \(group), backendCA: \(backendCA), product: p, key: p256, delivery: none\(members)}
            """
        return try ConfigurationReader.read(text, file: "test").templates[0]
    }

    /// Puts the intent to certify somebody on record, archived unless the terms say otherwise.
    @discardableResult
    func plan(
        _ name: String = "ada", backendCA: String = "main", names: String? = nil,
        terms members: String = ", keyRecoveryAgents: [agent]"
    ) async throws -> Int64 {
        try await ledger.plan(
            NewOrder(
                template: "smime", backendCA: backendCA, product: "p", subscriberID: name,
                userPrincipalName: "\(name)@example.test",
                names: RequestedNames(commonName: names ?? name, emails: ["\(names ?? name)@example.test"]).json,
                request: OrderTerms(template: Self.template(members)).json)
        ).id
    }

    func order(_ id: Int64) async throws -> Order {
        guard let order = try await ledger.order(id) else { throw LedgerError.noSuchOrder("\(id)") }
        return order
    }

    /// As the list of the CA says it.
    func noteRevoked(_ certificateID: Int64?, _ reason: String) async throws {
        let record = try #require(try await ledger.certificate(certificateID ?? 0))
        _ = try await ledger.noteRevocations(
            [
                RevokedCertificate(
                    serialNumber: record.serialNumber, issuer: record.issuer, reason: reason, at: clock.now())
            ], backendCA: record.backendCA)
    }

    func kinds(_ id: Int64) async throws -> [String] { try await ledger.events(id).map(\.kind) }

    /// Writes a member into the mirror as the synchronizer would.
    func put(
        _ id: String, _ attributes: JSONValue, isPresent: Bool = true, isDeleted: Bool = false,
        group: String = TestGateway.group
    ) async throws {
        try await database.write { connection in
            let number = try DirectorySchema.changes.take(on: connection)
            try connection.put(
                into: "directory_users", key: ["id": .text(id)],
                values: [
                    "user_principal_name": .text("\(id)@example.test"), "mail": .text("\(id)@example.test"),
                    "is_deleted": SQLValue(isDeleted), "attributes": .text(attributes.text),
                ])
            try connection.put(
                into: "enrollment_members", key: ["user_id": .text(id), "root_group": .text(group)],
                values: ["present": SQLValue(isPresent), "change_number": .integer(number)])
            let name = attributes["userPrincipalName"]?.string ?? ""
            try MirrorWriter(connection, root: "").storeClaims(
                of: Claimant(id: id, kind: .user, name: name), attributes.object ?? [:])
        }
    }

    /// Writes an object into the mirror that is in no enrollment group and claims addresses.
    func putClaimant(_ id: String, _ kind: Claimant.Kind, mail: String?, proxies: [String] = []) async throws {
        try await database.write { connection in
            try MirrorWriter(connection, root: "").storeClaims(
                of: Claimant(id: id, kind: kind, name: "The \(id)"),
                ["mail": JSONValue(mail), "proxyAddresses": JSONValue(proxies)])
        }
    }

    /// Ends an order as a stage of the engine would.
    func end(_ id: Int64, _ kind: String, _ reason: String, _ stage: OrderStage) async throws {
        let claims = try await ledger.claim(limit: 1000, owner: "ending", leaseFor: .seconds(60))
        guard let claim = claims.first(where: { $0.orderID == id }) else { throw LedgerError.noSuchOrder("\(id)") }
        try await ledger.record(claim, OrderChange(kind, reason).stage(stage))
        try await ledger.releaseLeases(of: "ending")
    }

    static func attributes(_ name: String, enabled: Bool = true) -> JSONValue {
        [
            "userPrincipalName": .string("\(name)@example.test"), "displayName": .string(name),
            "mail": .string("\(name)@example.test"), "accountEnabled": JSONValue(enabled),
        ]
    }
}

extension TestGateway {
    /// The intent of a template that delivers through Intune, which is not configured here.
    func planWithIntune(_ name: String = "ida") async throws -> Int64 {
        var terms = OrderTerms(template: try Self.template(", keyRecoveryAgents: [agent]"))
        terms.delivery = .intune
        return try await ledger.plan(
            NewOrder(
                template: "smime", backendCA: "main", product: "p", subscriberID: name,
                userPrincipalName: "\(name)@example.test",
                names: RequestedNames(commonName: name, emails: ["\(name)@example.test"]).json, request: terms.json)
        ).id
    }

    /// Leaves the order as a process that was killed in the call to the CA would.
    func killedWhileSubmitting(_ id: Int64) async throws {
        let claim = try await claimed(id)
        let key = try PrivateKey.generate(.p256)
        let order = claim.order
        let request = try CertificateRequestBuilder(order: order, terms: OrderTerms(json: order.request))
            .makeSigningRequest(key: key)
        try await ledger.record(
            claim,
            OrderChange("keyed", "made a key").stage(.keyed).sealedKey(
                try sealingKey.seal(try key.pkcs8, context: order.reference), publicKey: key.publicKey.der,
                csr: request.der))
        try await ledger.record(
            claim, OrderChange("submitting", "submitting").stage(.submitted).submission(at: clock.now()))
        try await ledger.releaseLeases(of: claim.owner)
    }

    /// Gives an order the key of another one.
    func copyKey(from other: Int64, to id: Int64) async throws {
        guard let key = try await ledger.key(orderID: other), let sealed = key.sealed else {
            throw LedgerError.notPossible("the key is erased")
        }
        let opened = try sealingKey.open(sealed, context: try await order(other).reference)
        let claim = try await claimed(id)
        try await ledger.record(
            claim,
            OrderChange("keyed", "copied a key").stage(.keyed).sealedKey(
                try sealingKey.seal(opened, context: claim.order.reference), publicKey: key.publicKey, csr: key.csr))
        try await ledger.releaseLeases(of: claim.owner)
    }

    private func claimed(_ id: Int64) async throws -> Claim {
        let claims = try await ledger.claim(limit: 100, owner: "killed", leaseFor: .seconds(60))
        guard let claim = claims.first(where: { $0.orderID == id }) else { throw LedgerError.noSuchOrder("\(id)") }
        return claim
    }

    /// A new certificate for the same name.
    func renewedAgents(at date: Date) throws -> [KeyRecoveryAgent] {
        let certificate = try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", "Agent")], publicKey: agentKey.publicKey,
            notBefore: date - 60, notAfter: date + 86_400 * 365
        ).selfSigned(key: agentKey)
        return [KeyRecoveryAgent(name: "agent", certificate: certificate)]
    }
}
