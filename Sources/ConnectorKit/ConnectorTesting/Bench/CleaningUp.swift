// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

/// Leaves as little behind as the CA allows: withdraws what waits, and revokes the certificates of a run, those that were issued
/// meanwhile too.
struct CleaningUp {
    let workbench: Workbench
    private let run: CheckRun

    init(_ workbench: Workbench) {
        self.workbench = workbench
        run = CheckRun(workbench, id: "cleaning up")
    }

    /// - Returns: what was done and what stays, in one sentence; and each thing that stays.
    func clean() async -> (sentence: String, left: [ConformanceLeftover]) {
        _ = await each(open(.unknown), search)
        let waiting = await open(.waiting)
        let (refused, whyLeft) = await each(waiting, withdraw)
        _ = await each(refused, settle(until: ContinuousClock.now + patience))
        let late = await Self.count(refused, in: open(.valid))
        let issued = await open(.valid)
        let (valid, whyValid) = await each(issued, revoke)
        let left = await left()
        var parts = [
            "\(issued.count - valid.count) of \(issued.count) certificates revoked\(whyValid)",
            "\(waiting.count - refused.count) of \(waiting.count) waiting orders withdrawn\(whyLeft)",
        ]
        if late > 0 { parts.append("\(late) of the others had been issued meanwhile and count among the certificates") }
        parts += Self.words(left, revokes: run.has(.revoke), withdraws: run.has(.cancel))
        return (parts.joined(separator: ", "), left)
    }

    /// How long the CA may take to decide what it does not let us withdraw.
    private var patience: Duration {
        let bench = workbench.bench
        return bench.sandbox == nil ? bench.patience : min(bench.patience, .seconds(5))
    }

    private static func count(_ entries: [OrderBook.Entry], in others: [OrderBook.Entry]) -> Int {
        let references = Set(others.map(\.request.reference))
        return entries.count { references.contains($0.request.reference) }
    }

    /// What the book holds open.
    private func open(_ state: ConformanceLeftover.State) async -> [OrderBook.Entry] {
        await workbench.book.entries.values.filter { !$0.isClosed && $0.state == state }.byReference
    }

    private func left() async -> [ConformanceLeftover] {
        await workbench.book.entries.values.filter { !$0.isClosed }.byReference.map { entry in
            let id = (entry.issued?.order ?? entry.order)?.caRequestID
            return ConformanceLeftover(
                state: entry.state, reference: entry.request.reference, order: id?.isEmpty == true ? nil : id,
                serialNumber: entry.issued?.certificateChain.first.map { "\($0.serialNumber)" })
        }
    }

    /// What stays and who can end it, for each state.
    private static func words(_ left: [ConformanceLeftover], revokes: Bool, withdraws: Bool) -> [String] {
        let states: [(ConformanceLeftover.State, String)] = [
            (
                .valid,
                "these certificates stay valid, revoke them at the CA\(revokes ? "" : ", which cannot be told by us")"
            ),
            (.waiting, "these wait at the CA\(withdraws ? "" : ", which cannot withdraw them by itself")"),
            (.unknown, "of these it is not known whether the CA has them, look there"),
        ]
        return states.compactMap { state, words in
            let names = left.filter { $0.state == state }.map(\.name)
            return names.isEmpty ? nil : "\(words): \(list(names))"
        }
    }

    private static func list(_ names: [String]) -> String {
        let rest = names.count - 20
        return names.prefix(20).joined(separator: " ") + (rest > 0 ? " and \(rest) more, which --report names" : "")
    }

    /// - Returns: those that are not done, and why the first of them is not, in brackets.
    private func each(
        _ entries: [OrderBook.Entry], _ work: @escaping @Sendable (OrderBook.Entry) async throws -> Bool
    ) async -> (left: [OrderBook.Entry], why: String) {
        typealias Undone = (entry: OrderBook.Entry, why: String?)
        let undone = await withTaskGroup(of: Undone?.self) { group in
            for entry in entries {
                group.addTask {
                    do { return try await work(entry) ? nil : (entry, nil) } catch { return (entry, "\(error)") }
                }
            }
            var undone: [Undone] = []
            for await one in group { if let one { undone.append(one) } }
            return undone
        }
        let left = undone.map(\.entry).byReference
        let reasons = left.compactMap { entry in
            undone.first { $0.entry.request.reference == entry.request.reference }?.why
        }
        let mask = SecretMaskOfSettings(workbench.bench.settings)
        return (left, reasons.first.map { " (\(SafeText.sentence(mask.masking($0))))" } ?? "")
    }

    /// Looks once for an order that no check could find: one that became a certificate has to be revoked as well.
    private func search(_ entry: OrderBook.Entry) async throws -> Bool {
        guard run.has(.findByReference), let finder = run.connector as? any OrderFinding, !finder.repeatsTheOrder else {
            return false
        }
        var request = entry.request
        request.submittedAt = request.submittedAt ?? run.clock.now()
        guard case .found(let outcome) = try await run.repeating({ try await finder.find(request) }) else {
            return false
        }
        await workbench.book.note(outcome, for: entry.request.reference)
        return true
    }

    private func withdraw(_ entry: OrderBook.Entry) async throws -> Bool {
        guard run.has(.cancel), let canceller = run.connector as? any OrderCancelling, let order = entry.order else {
            return false
        }
        try await run.repeating { try await canceller.cancel(order, note: "made by a conformance test") }
        await workbench.book.close(entry.request.reference)
        return true
    }

    /// Asks what became of an order that could not be withdrawn: the usual reason is that the CA has issued it. Where it waits for
    /// the CA alone it is waited for; a person may take days.
    private func settle(until end: ContinuousClock.Instant) -> @Sendable (OrderBook.Entry) async throws -> Bool {
        { entry in
            guard run.has(.poll), let poller = run.connector as? any OrderPolling, var order = entry.order else {
                return false
            }
            var isFirst = true
            while true {
                let asked = order
                let outcome = try await run.repeating { try await poller.poll(asked, request: entry.request) }
                await workbench.book.note(outcome, for: entry.request.reference)
                guard case .pending(let pending) = outcome else { return true }
                guard pending.waitingFor == .certificateAuthority, ContinuousClock.now < end else { return false }
                if isFirst {
                    run.waits("asks until they are decided about orders that could not be withdrawn", patience)
                }
                (order, isFirst) = (pending.order, false)
                try await run.clock.sleep(for: workbench.bench.pollEvery)
            }
        }
    }

    private func revoke(_ entry: OrderBook.Entry) async throws -> Bool {
        guard run.has(.revoke), let revoker = run.connector as? any CertificateRevoking, let issued = entry.issued,
            let leaf = issued.certificateChain.first
        else { return false }
        let offered = run.profile.revocationReasons.offered
        let wanted: [RevocationReason] = [.cessationOfOperation, .superseded, .unspecified]
        let reason = wanted.first(where: offered.contains) ?? offered.first ?? .unspecified
        _ = try await run.repeating {
            try await revoker.revoke(
                RevocationRequest(
                    certificate: leaf, order: issued.order, reason: reason, comment: "made by a conformance test"))
        }
        await workbench.book.close(entry.request.reference)
        return true
    }
}

extension OrderBook.Entry {
    /// How it stands at the CA, as far as it was told.
    fileprivate var state: ConformanceLeftover.State { issued != nil ? .valid : order != nil ? .waiting : .unknown }
}
