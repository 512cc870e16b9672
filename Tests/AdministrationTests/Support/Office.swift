// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorHost
import ConnectorKit
import Foundation
import Gateway
import Ledger
import PKIX
import Settings
import TestSupport

/// A gateway in a folder of its own whose CAs are nobody's.
final class Office {
    let folder: TemporaryFolder
    let home: GatewayHome
    let profiles: Profiles
    let store: GatewayStore
    let rootKey: PrivateKey
    let root: Certificate
    /// Ids of a tenant, an application and a group.
    static let tenant = "aaaaaaaa-0000-4000-8000-000000000001"
    static let application = "aaaaaaaa-0000-4000-8000-000000000002"
    static let group = "aaaaaaaa-0000-4000-8000-000000000003"
    static let start = Date(timeIntervalSince1970: 1_700_000_000)
    static let end = Date(timeIntervalSince1970: 2_000_000_000)

    var ledger: OrderLedger { store.ledger }
    var configuration: ConfigurationAdministration {
        ConfigurationAdministration(home, profiles, caller: .commandLine("eve"))
    }
    var orders: OrderAdministration { OrderAdministration(ledger, caller: .commandLine("eve")) }

    /// - Parameter yaml: the configuration; nil for two backend CAs with a template each.
    init(_ yaml: String? = nil) async throws {
        folder = try TemporaryFolder()
        home = GatewayHome(option: folder.path("home"))
        let modules = ModuleLoader(folders: [], linked: [CountingConnector.self])
        profiles = Profiles(modules: modules, catalogue: ProfileCatalogue(folders: [folder.path], modules: modules))
        rootKey = try PrivateKey.generate(.p256)
        root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Root")], publicKey: rootKey.publicKey, notBefore: Self.start,
            notAfter: Self.end
        ).selfSigned(key: rootKey)
        try folder.write(root.pem, to: "root.pem")
        try folder.write("secret", to: "key")
        for name in ["one-ca", "other-ca"] {
            try folder.write(CountingConnector.profile(name), to: "\(name).yaml")
        }
        try home.create()
        store = try await GatewayStore.create(home)
        try await apply(yaml ?? self.yaml())
    }

    /// - Parameters:
    ///   - settings: of backend CA `one`.
    ///   - one: its further members.
    func yaml(settings: String = "", one: String = "", more: String = "") -> String {
        """
        backendCAs:
          - {name: one, connector: one-ca, acceptedRoots: \(folder.path)/root.pem\(one), settings: {key: "file:\(folder.path)/key"\(settings)}}
          - {name: other, connector: other-ca, acceptedRoots: \(folder.path)/root.pem, settings: {key: "file:\(folder.path)/key"}}
        templates:
          - {name: smime, group: \(Self.group), backendCA: one, product: p, delivery: none}
          - {name: logon, group: \(Self.group), backendCA: other, product: p, purpose: clientAuthentication, delivery: none}
        \(more)
        """
    }

    @discardableResult
    func apply(
        _ yaml: String, prunes: Bool = false, leavesOpenOrders: Bool = false, isDryRun: Bool = false
    ) async throws -> ConfigurationResult {
        try await configuration.apply(
            yaml, file: "f.yaml", prunes: prunes, leavesOpenOrders: leavesOpenOrders, isDryRun: isDryRun)
    }

    func gateway() async throws -> Gateway {
        try await Gateway.open(home, profiles: profiles, logger: StandardLogger(threshold: .error, write: { _ in }))
    }

    /// An order led to `stage` and left alone there.
    ///
    /// - Parameter connection: where it was placed, for stages after `keyed`.
    func order(
        _ person: String, _ stage: OrderStage, backendCA: String = "one", template: String = "smime",
        connection: String? = nil, hold: String? = nil
    ) async throws -> Order {
        let order = try await ledger.plan(
            NewOrder(
                template: template, backendCA: backendCA, product: "p", subscriberID: person,
                userPrincipalName: "\(person)@example.org", names: [:], request: [:]))
        if stage != .planned {
            let claims = try await ledger.claim(limit: 1000, owner: "node", leaseFor: .seconds(600))
            guard let claim = claims.first(where: { $0.orderID == order.id }) else {
                throw LedgerError.noSuchOrder(order.reference)
            }
            var change = OrderChange("keyed", "key").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3])
            try await ledger.record(claim, change)
            if stage != .keyed {
                change = OrderChange("submitted", "gone").stage(.submitted).submission(at: Date(), to: connection)
                try await ledger.record(claim, change)
            }
            if stage == .pending {
                try await ledger.record(claim, OrderChange("pending", "waits").stage(.pending).caOrder("ca-\(person)"))
            }
            for claim in claims { try await ledger.release(claim) }
        }
        if let hold { try await ledger.hold(order.id, reason: hold, by: "the gateway") }
        return try await orders.order(order.reference)
    }

    /// Puts a certificate of `person` into the ledger, as if it had come back.
    ///
    /// - Parameter stage: where its order goes on to: `.active` for one in use.
    func issue(
        _ person: String, by issuer: (certificate: Certificate, key: PrivateKey), at now: Date,
        _ stage: OrderStage = .issued
    ) async throws {
        let leaf = try CertificateBuilder(
            profile: .smime, subject: [("CN", person)], publicKey: PrivateKey.generate(.p256).publicKey, notBefore: now,
            notAfter: now + 86_400
        ).signed(by: issuer.certificate, key: issuer.key)
        let order = try await order(person, .pending)
        let claims = try await ledger.claim(limit: 100, owner: "node", leaseFor: .seconds(600))
        guard let claim = claims.first(where: { $0.orderID == order.id }) else {
            throw LedgerError.noSuchOrder(order.reference)
        }
        try await ledger.record(
            claim,
            OrderChange("issued", "here").stage(.issued).certificate(
                NewCertificate(
                    der: leaf.der, chain: [issuer.certificate.der], serialNumber: leaf.serialNumber.hex,
                    issuer: leaf.issuer.description, subject: leaf.subject.description,
                    sha1Fingerprint: leaf.sha1Fingerprint, sha256Fingerprint: leaf.sha256Fingerprint,
                    notBefore: leaf.notBefore, notAfter: leaf.notAfter, emailAddresses: [])))
        if stage == .active { try await ledger.record(claim, OrderChange("activated", "in use").stage(.active)) }
        for claim in claims { try await ledger.release(claim) }
    }
}
