// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import PKIX
import Publication
import Records
import Store
import TestSupport

/// A ledger with certificates in use, and the table of publications beside it.
final class PublicationBench: Sendable {
    let clock = TestClock()
    let database: TestDatabase
    let ledger: OrderLedger
    let store: PublicationStore
    let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder()
        database = try await TestDatabase(OrderLedger.migrations + PublicationTables.migrations)
        ledger = OrderLedger(database: database, clock: clock)
        store = PublicationStore(ledger)
    }

    /// A real certificate, as DER.
    func makeCertificate(_ name: String) async throws -> [UInt8] {
        let file = folder.path("\(UUID().uuidString).der")
        try await Tool.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                "/dev/null", "-subj", "/CN=\(name)", "-days", "30", "-outform", "DER", "-out", file,
            ])
        return try [UInt8](Data(contentsOf: URL(filePath: file)))
    }

    /// An order that is done, with its certificate in use; it takes the place of a former one of the same person.
    @discardableResult
    func issue(_ person: String, _ der: [UInt8], _ stage: OrderStage = .active) async throws -> Order {
        clock.advance(.seconds(60))
        let former = try await ledger.orders(OrderFilter(), ListRequest(limit: .max)).items.first {
            $0.subscriberID == person && $0.stage == .active
        }
        let order = try await ledger.plan(
            NewOrder(
                template: "smime", backendCA: "ca", product: "p", subscriberID: person,
                userPrincipalName: "\(person)@example.org", names: ["emails": ["\(person)@example.org"]], request: [:],
                replaces: former?.id))
        let claims = try await ledger.claim(limit: 100, owner: "node", leaseFor: .seconds(600))
        guard let claim = claims.first(where: { $0.orderID == order.id }) else {
            throw LedgerError.noSuchOrder(order.reference)
        }
        _ = try await ledger.record(
            claim, OrderChange("keyed", "made").stage(.keyed).sealedKey([1], publicKey: [3], csr: [4]))
        let digest = DigestAlgorithm.sha256.digest(der).map { String(format: "%02x", $0) }.joined()
        let now = clock.now()
        let new = NewCertificate(
            der: der, chain: [], serialNumber: String(digest.prefix(16)), issuer: "CN=CA", subject: "CN=\(person)",
            sha1Fingerprint: String(digest.prefix(40)), sha256Fingerprint: digest, notBefore: now,
            notAfter: now + 365 * 86400, emailAddresses: ["\(person)@example.org"])
        _ = try await ledger.record(claim, OrderChange("issued", "here").stage(.issued).certificate(new))
        return try await ledger.record(claim, OrderChange("on", "on").stage(stage))
    }

    func keeper(_ directory: any CertificateDirectory) -> PublicationKeeper {
        PublicationKeeper(store, directory, checkEvery: .seconds(86_400), clock: clock)
    }

    /// What is wanted, and then one run.
    @discardableResult
    func run(_ directory: any CertificateDirectory) async throws -> PublicationKeeper.Report {
        try await store.want(in: directory.name, of: ["smime"])
        return try await keeper(directory).run(limit: 100)
    }

    func records(_ place: String) async throws -> [PublicationRecord] {
        var filter = PublicationFilter()
        filter.place = place
        return try await store.list(filter, ListRequest(limit: .max)).items
    }
}
