// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import PKIX

/// Renewal, many orders at once, and the list of all orders.
enum LifecycleChecks {
    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] {
        [renew, load(bench.concurrentOrders)] + InventoryChecks.all + [secrets]
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
        var outcome = try await run.patiently(placed) {
            try await renewer.renew(placed, predecessor: old.issued.order, gate: SubmissionGate {})
        }
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

    private static let secrets = ConformanceCheck(
        "secrets.unseen", "No secret is ever shown",
        proves: "No message, detail, reason or log line of the whole run holds a secret of the settings.",
        isOffline: true
    ) { run in
        let secrets = run.bench.settings.secrets
        guard !secrets.isEmpty else { throw CheckStop.notApplicable("the connector has no secrets") }
        let mask = SecretMaskOfSettings(run.bench.settings)
        let texts = run.workbench.observations.all
        run.note("\(texts.count) texts looked at")
        if texts.contains(where: { mask.masking($0) != $0 }) {
            throw CheckStop.failed("a secret of the settings stands in a message, a detail, a reason or the log")
        }
    }
}
