// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
import KeyArchival
import Ledger
import PKIX
import Store
import Testing

/// An office with an archive: keys of people, for agents whose keys lie in files, the first of which the gateway may use.
struct ArchiveOffice {
    let office: Office
    let gateway: Gateway
    let agents: [(agent: KeyRecoveryAgent, key: PrivateKey)]
    /// By person.
    private(set) var keys: [String: PrivateKey] = [:]
    private(set) var certificates: [String: CertificateRecord] = [:]

    static let now = Date(timeIntervalSince1970: Double(Int(Date().timeIntervalSince1970)))

    /// - Parameters:
    ///   - recovery: section of the configuration.
    ///   - hasAgentKey: whether the gateway may use an agent's key.
    ///   - archivedFor: agents that the template of mail names, such as `next`.
    init(_ people: [String], recovery: String = "{}", hasAgentKey: Bool = true, archivedFor: String = "") async throws {
        office = try await Office()
        var lines = ""
        agents = try ["office", "board", "next"].map { name in
            let key = try PrivateKey.generate(name == "board" ? .p256 : .rsa2048)
            let certificate = try CertificateBuilder(
                profile: .smimeEncryption, subject: [("CN", name)], publicKey: key.publicKey,
                notBefore: Office.start, notAfter: Office.end
            ).selfSigned(key: key)
            return (KeyRecoveryAgent(name: name, certificate: certificate), key)
        }
        for (agent, key) in agents {
            try office.folder.write(agent.certificate.pem, to: "\(agent.name).pem")
            try office.folder.write(key.pem().revealed, to: "\(agent.name).key")
            let use =
                agent.name == "board" || !hasAgentKey ? "" : ", key: \"file:\(office.folder.path)/\(agent.name).key\""
            lines += "  - {name: \(agent.name), certificate: \(office.folder.path)/\(agent.name).pem\(use)}\n"
        }
        let yaml = office.yaml(more: "keyRecoveryAgents:\n\(lines)recovery: \(recovery)")
        try await office.apply(
            yaml.replacing("{name: smime, ", with: "{name: smime, keyRecoveryAgents: [\(archivedFor)], "))
        gateway = try await office.gateway()
        for person in people { try await add(person) }
    }

    private mutating func add(_ person: String) async throws {
        let key = try PrivateKey.generate(.p256)
        let record = try await office.issue(person, key: key, at: Office.start + 60)
        let cms = try KeyArchive.archive(
            privateKey: key, recipients: agents.prefix(2).map(\.agent), at: Self.now)
        try await office.store.database.write { connection in
            try connection.put(
                into: "archived_keys", key: ["order_id": .integer(record.orderID)],
                values: [
                    "certificate_id": .integer(record.id), "cms": .blob(cms),
                    "recipients": .text("[\"office\",\"board\"]"),
                    "created_at": .integer(0),
                ])
        }
        (keys[person], certificates[person]) = (key, record)
    }

    /// Who has the gateway's folder, and so decides who can open.
    var machine: RecoveryAdministration { RecoveryAdministration(gateway, caller: .commandLine("kim")) }

    func serial(_ person: String) throws -> String { try #require(certificates[person]).serialNumber }

    func caller(_ name: String, _ roles: Set<Role> = [.keyRecoveryAgent], id: String? = nil) -> Caller {
        Caller(name: name, roles: roles, objectID: id, origin: "by a test")
    }

    func administration(_ name: String, _ roles: Set<Role> = [.keyRecoveryAgent], id: String? = nil)
        -> RecoveryAdministration
    {
        RecoveryAdministration(gateway, caller: caller(name, roles, id: id))
    }
}

extension Office {
    /// Puts a certificate for a key of one's own into the ledger, in use.
    func issue(_ person: String, key: PrivateKey, at now: Date) async throws -> CertificateRecord {
        let leaf = try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", person)], publicKey: key.publicKey, notBefore: now,
            notAfter: Office.end
        ).signed(by: root, key: rootKey)
        let order = try await order(person, .pending)
        let claims = try await ledger.claim(limit: 100, owner: "node", leaseFor: .seconds(600))
        let claim = try #require(claims.first { $0.orderID == order.id })
        try await ledger.record(
            claim,
            OrderChange("issued", "here").stage(.issued).certificate(
                NewCertificate(
                    der: leaf.der, chain: [root.der], serialNumber: leaf.serialNumber.hex,
                    issuer: leaf.issuer.description, subject: leaf.subject.description,
                    sha1Fingerprint: leaf.sha1Fingerprint, sha256Fingerprint: leaf.sha256Fingerprint,
                    notBefore: leaf.notBefore, notAfter: leaf.notAfter, emailAddresses: [])))
        try await ledger.record(claim, OrderChange("activated", "in use").stage(.active))
        for claim in claims { try await ledger.release(claim) }
        return try #require(try await ledger.certificates().first { $0.orderID == order.id })
    }
}
