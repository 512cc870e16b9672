// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorHost
import ConnectorKit
import Delivery
import Foundation
import Gateway
import JSONDocuments
import KeyArchival
import Ledger
import PKIX
import Settings

/// Looks at what a demo has done from the other side, and believes nothing the gateway says of itself.
struct DemoInspection {
    let gateways: [Gateway]
    let sandbox: SandboxService
    let setup: DemoSetup

    private var gateway: Gateway { gateways[0] }

    func run(users: Int) async throws -> DemoResult {
        var result = DemoResult()
        result.users = users
        result.isArchived = setup.purpose.isArchivable
        try await countOrders(&result)
        try await openPFX(&result)
        try await openArchive(&result)
        try await lookAtOrders(&result)
        let status = try await StoreStatus.read(gateway.database)
        (result.store, result.storeVersion, result.nodes) = (status.engine, status.version, gateways.count)
        result.ordersByNode = try await ordersByNode()
        return result
    }

    /// Who did the last step of each order that is in use, as its timeline says.
    private func ordersByNode() async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for order in try await gateway.ledger.orders(OrderFilter(stages: [.active], limit: .max)) {
            let last = try await gateway.ledger.events(order.id).last { $0.stage == .active }
            counts[last?.node ?? gateway.store.node, default: 0] += 1
        }
        return counts
    }

    /// How many orders the CA has; two with one reference are the accident that must not happen.
    private func countOrders(_ result: inout DemoResult) async throws {
        guard setup.backend.sandbox != nil else {
            result.ordersAtCA = try await ordersInInventory()
            return
        }
        let orders = try await sandbox.orders(of: setup.connector)
        result.ordersAtCA = orders.count
        guard orders.count > result.users else { return }
        for order in try await gateway.ledger.orders(OrderFilter(limit: .max)) {
            let same = orders.filter { $0.text.contains(order.reference) }
            guard same.count > 1 else { continue }
            let ids = same.map(\.id).joined(separator: ", ")
            result.problems.append("\(order.userPrincipalName): \(order.reference) was ordered twice, as \(ids)")
        }
    }

    private func ordersInInventory() async throws -> Int {
        guard case .ready(let backend)? = gateway.backends[setup.connector],
            let lister = backend.ability((any CertificateInventory).self, .inventory)
        else { return 0 }
        var count = 0
        var progress = InventoryProgress()
        while !progress.isAtEnd {
            let page = try await lister.inventory(from: progress.cursor)
            count += page.entries.count
            try progress.note(page)
        }
        return count
    }

    /// Plays the Intune certificate connector for every record in Intune (wire/intune-pfx §8).
    private func openPFX(_ result: inout DemoResult) async throws {
        let intune = sandbox.description["tenant"]?["intune"]
        let verifier = try PFXImportVerifier(
            privateKey: PrivateKey(pem: .init(intune?["privateKeyPEM"]?.string ?? "")),
            providerName: intune?["providerName"]?.string ?? "", keyName: intune?["keyName"]?.string ?? "")
        for entity in try await sandbox.control("/control/pfx")["pfx"]?.array ?? [] {
            result.delivered += 1
            do {
                _ = try verifier.open(entity)
                result.opened += 1
            } catch {
                result.problems.append("\(entity["userPrincipalName"]?.string ?? "?"): PFX does not open: \(error)")
            }
        }
    }

    /// Plays the key recovery agent for every certificate.
    private func openArchive(_ result: inout DemoResult) async throws {
        let agent = try Certificate(pem: SettingsFile(path: setup.kraCertificate).text())
        let key = try PrivateKey(pem: SettingsFile(path: setup.kraKey).secret())
        var offset = 0
        while true {
            let page = try await gateway.ledger.certificates(CertificateFilter(limit: 200, offset: offset))
            guard !page.isEmpty else { return }
            offset += page.count
            for record in page {
                result.issued += 1
                guard let archived = try await gateway.ledger.archivedKey(certificateID: record.id) else { continue }
                let recovered = try KeyArchive.recover(cms: archived.cms, certificate: agent, key: key)
                if try recovered.publicKey == Certificate(der: record.der).publicKey {
                    result.archived += 1
                } else {
                    result.problems.append("\(record.userPrincipalName): the archived key is not the certificate's")
                }
            }
        }
    }

    /// What the gateway itself has left undone, and why.
    private func lookAtOrders(_ result: inout DemoResult) async throws {
        let held = try await gateway.ledger.orders(OrderFilter(held: true, limit: result.users))
        result.held = held.count
        result.holdReasons = Set(held.compactMap(\.holdReason)).sorted()
        for order in try await gateway.ledger.orders(OrderFilter(stages: [.rejected, .failed], limit: 10)) {
            result.problems.append(
                "\(order.userPrincipalName): \(order.stage.rawValue), \(order.detail ?? "no reason given")")
        }
    }
}
