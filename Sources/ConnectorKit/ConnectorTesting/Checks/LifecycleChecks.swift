// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import PKIX

/// Renewal, many orders at once, and the list of all orders.
enum LifecycleChecks {
    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] {
        [renew, load(bench.concurrentOrders), inventory, secrets]
    }

    private static let renew = ConformanceCheck(
        "renew.new-key", "A renewal is a new certificate",
        proves: "The successor has the new key and the same names, and the predecessor stays valid.", ability: .renew,
        orders: 2
    ) { run in
        let renewer = try run.ability((any CertificateRenewing).self, .renew)
        let old = try await run.issue(run.request("old"))
        var request = try run.request("new")
        request.names = old.request.names
        request.csr = try run.csr(request.names, key: PrivateKey.generate(run.bench.trial.key))
        try await run.workbench.book.open(request)
        let placed = request
        var outcome = try await run.patiently(placed) { try await renewer.renew(placed, predecessor: old.issued.order) }
        await run.workbench.book.note(outcome, for: placed.reference)
        if case .pending(let pending) = outcome { outcome = try await run.decided(pending, placed) }
        let new = try run.issued(outcome, for: placed)
        try CertificateChecks.accept(new, run)
        guard new.leaf.serialNumber != old.leaf.serialNumber else {
            throw CheckStop.failed("it is the same certificate")
        }
        guard run.has(.revoke), !old.leaf.crlDistributionPoints.isEmpty || run.bench.currentCRL != nil else { return }
        if try await RevocationView(run: run).crl(for: old).contains(old.leaf.serialNumber) {
            throw CheckStop.failed("the predecessor \(old.leaf.serialNumber) was revoked by the renewal")
        }
    }

    private static func load(_ count: Int) -> ConformanceCheck {
        ConformanceCheck(
            "load.concurrent", "\(count) orders at once",
            proves: "Of \(count) orders placed at the same time each gets the certificate for its own key and names.",
            orders: count
        ) { run in
            var trial = run.bench.trial
            // Keys are not what is tested; a curve costs nothing.
            if run.facts?.keyTypes.contains(.p256) == true { trial.key = .p256 }
            let requests = try (0..<count).map { try run.request("load\($0)", trial: trial) }
            var failures: [String] = []
            var serials: Set<SerialNumber> = []
            try await withThrowingTaskGroup(of: (IssuedOrder?, String?).self) { group in
                for request in requests {
                    group.addTask {
                        do {
                            let order = try run.issued(await run.outcome(request), for: request)
                            try CertificateChecks.accept(order, run)
                            return (order, nil)
                        } catch let stop as CheckStop {
                            guard case .failed(let reason) = stop.verdict else { throw stop }
                            return (nil, reason)
                        } catch let error as ConnectorError { return (nil, "\(error)") }
                    }
                }
                for try await (order, failure) in group {
                    if let order { serials.insert(order.leaf.serialNumber) }
                    if let failure { failures.append(failure) }
                }
            }
            run.forgetNotes()
            run.note("\(serials.count) different certificates for \(count) orders")
            guard failures.isEmpty, serials.count == count else {
                let reasons = Set(failures).sorted().prefix(3).joined(separator: "; ")
                throw CheckStop.failed("\(count - serials.count) of \(count) orders went wrong: \(reasons)")
            }
        }
    }

    private static let inventory = ConformanceCheck(
        "inventory.complete", "The list of all orders",
        proves:
            "The list ends, holds every order of this run exactly once across its pages, and tells the right serial numbers.",
        ability: .inventory, needsFirstCertificate: true
    ) { run in
        let lister = try run.ability((any CertificateInventory).self, .inventory)
        _ = try await run.workbench.firstCertificate(run)
        let ours = await run.workbench.book.entries.values.filter { $0.issued != nil }
        let ids = Set(ours.compactMap(\.issued?.order.caRequestID))
        // Lists of a CA may lag a little behind.
        let end = ContinuousClock.now + min(run.bench.patience, .seconds(10))
        var listing = try await InventoryReading(lister, run).read()
        while !ids.isSubset(of: listing.entries.map(\.order.caRequestID)), ContinuousClock.now < end {
            try await run.clock.sleep(for: .seconds(1))
            listing = try await InventoryReading(lister, run).read()
        }
        run.note("\(listing.entries.count) orders on \(listing.pages) pages")
        let listed = Dictionary(grouping: listing.entries, by: \.order.caRequestID)
        if let double = listed.first(where: {
            $0.value.count > 1 && Set($0.value.map(\.serialNumber)).count < $0.value.count
        }) {
            throw CheckStop.failed("order \(double.key) is listed \(double.value.count) times")
        }
        var missing: [String] = []
        var serials = 0
        for entry in ours {
            guard let issued = entry.issued, let leaf = issued.certificateChain.first else { continue }
            guard let rows = listed[issued.order.caRequestID] else {
                missing.append(issued.order.caRequestID)
                continue
            }
            let told = rows.compactMap(\.serialNumber).filter { !$0.isEmpty }
            serials += told.isEmpty ? 0 : 1
            guard told.isEmpty || told.contains(where: { SerialNumber(hex: $0) == leaf.serialNumber }) else {
                throw CheckStop.failed(
                    "order \(issued.order.caRequestID) is listed with serial number \(told.joined(separator: ", ")), it is \(leaf.serialNumber)"
                )
            }
        }
        run.note("all \(ours.count) orders of this run looked for, \(serials) with serial number")
        guard missing.isEmpty else {
            throw CheckStop.failed(
                "\(missing.count) of \(ours.count) orders of this run are missing, such as \(missing.sorted()[0])")
        }
    }

    private static let secrets = ConformanceCheck(
        "secrets.unseen", "No secret is ever shown",
        proves: "No message, detail or log line of the whole run holds a secret of the settings.", isOffline: true
    ) { run in
        let secrets = run.bench.settings.secrets
        guard !secrets.isEmpty else { throw CheckStop.notApplicable("the connector has no secrets") }
        let mask = SecretMaskOfSettings(run.bench.settings)
        let texts = run.workbench.observations.all
        run.note("\(texts.count) texts looked at")
        if texts.contains(where: { mask.masking($0) != $0 }) {
            throw CheckStop.failed("a secret of the settings stands in a message, a detail or the log")
        }
    }
}
