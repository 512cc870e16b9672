// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

/// All checks for one backend CA, in the order in which they run: what costs nothing first, the list of all orders and the
/// search for secrets last.
public struct ConformanceSuite: Sendable {
    public let checks: [ConformanceCheck]

    /// - Parameters:
    ///   - bench: its profile decides which products, keys, reasons and secrets are tried.
    ///   - patterns: ids, beginnings of ids or patterns with `*`; empty for all.
    public init(_ bench: ConformanceBench, only patterns: [String] = []) {
        let all =
            CredentialChecks.checks(bench) + ClaimChecks.checks(bench) + CertificateChecks.checks(bench)
            + KeyAndNameChecks.checks(bench) + LogonChecks.checks(bench) + RefusalChecks.checks(bench)
            + WaitingChecks.checks(bench)
            + SearchChecks.checks(bench) + GateChecks.all + FaultChecks.checks(bench) + RevocationChecks.checks(bench)
            + LifecycleChecks.checks(bench)
        checks = patterns.isEmpty ? all : all.filter { check in patterns.contains(where: check.matches) }
    }

    /// How many orders a run places at most.
    public var orders: Int {
        checks.reduce(0) { $0 + $1.orders } + (checks.contains(where: \.needsFirstCertificate) ? 1 : 0)
    }

    /// Runs all checks, one after the other, and cleans up: certificates of the run are revoked, waiting orders withdrawn. When its task is
    /// cancelled, what is left of the checks is skipped, and it cleans up all the same.
    ///
    /// - Parameters:
    ///   - willStart: for a person who watches; with number and count.
    ///   - didEnd: after each check.
    /// - Throws: what the connector throws when it cannot even be made.
    public func run(
        _ bench: ConformanceBench, willStart: (ConformanceCheck, Int, Int) -> Void = { _, _, _ in },
        didEnd: (ConformanceResult) -> Void = { _ in }
    ) async throws -> ConformanceOutcome {
        let workbench = try Workbench(bench)
        var results: [ConformanceResult] = []
        for (index, check) in checks.enumerated() {
            guard !Task.isCancelled else {
                results.append(ConformanceResult(check, Self.stopped))
                continue
            }
            willStart(check, index + 1, checks.count)
            // At a CA that does not accept us every further call would only wait and fail, and at some lock the account.
            let isLockedOut = results.contains { $0.id == CredentialChecks.goodID && $0.verdict.isFailure }
            let result =
                isLockedOut && !check.isOffline
                ? ConformanceResult(
                    check, .skipped("the CA does not let us work; see \(CredentialChecks.goodID)"))
                : await run(check, workbench)
            results.append(result)
            didEnd(result)
        }
        let placed = await workbench.book.placed
        let shortcoming = await shortcoming(results, workbench)
        // A task of its own, which nobody has cancelled.
        let cleaned = await Task { await CleaningUp(workbench).clean() }.value
        return ConformanceOutcome(
            results: results, ordersPlaced: placed, cleaning: cleaned.sentence, left: cleaned.left,
            shortcoming: shortcoming)
    }

    /// A run that may order and gets no certificate shows nothing of what the CA is for.
    private func shortcoming(_ results: [ConformanceResult], _ workbench: Workbench) async -> String? {
        guard !results.contains(where: { $0.verdict == Self.stopped }) else {
            return "the run was stopped before its end"
        }
        let issued = await workbench.book.entries.values.contains { $0.issued != nil }
        guard workbench.bench.orderLimit != 0, !issued else { return nil }
        let ordering = Set(checks.filter { $0.orders > 0 || $0.needsFirstCertificate }.map(\.id))
        let untried = results.first { result in
            switch result.verdict {
            case .skipped, .failed: ordering.contains(result.id)
            case .passed, .notClaimed, .notApplicable: false
            }
        }
        return untried.map { "orders were allowed and none was issued, so nothing is proven; see \($0.id)" }
    }

    private static let stopped = ConformanceVerdict.skipped("the run was stopped")

    private func run(_ check: ConformanceCheck, _ workbench: Workbench) async -> ConformanceResult {
        let run = CheckRun(workbench, id: check.id)
        let mask = SecretMaskOfSettings(workbench.bench.settings)
        let start = ContinuousClock.now
        let before = await workbench.book.placed
        let verdict = await verdict(check, run)
        return ConformanceResult(
            id: check.id, title: check.title, fact: check.fact, ability: check.ability?.rawValue,
            provesAbility: check.provesAbility, verdict: verdict.masked(mask),
            evidence: run.evidence.map { SafeText.sentence(mask.masking($0)) },
            orders: await workbench.book.placed - before, duration: start.duration(to: .now))
    }

    private func verdict(_ check: ConformanceCheck, _ run: CheckRun) async -> ConformanceVerdict {
        if let ability = check.ability, !run.has(ability) {
            return .notClaimed("the backend CA does not claim \(ability.rawValue)")
        }
        do {
            try await check.run(run)
            return .passed
        } catch let stop as CheckStop {
            if let reason = stop.verdict.reason { run.workbench.observations.add(reason) }
            return stop.verdict
        } catch _ where Task.isCancelled {
            return Self.stopped
        } catch {
            run.workbench.observations.add(error)
            return .failed("\(error)")
        }
    }
}

extension ConformanceVerdict {
    fileprivate func masked(_ mask: SecretMaskOfSettings) -> ConformanceVerdict {
        func clean(_ text: String) -> String { SafeText.sentence(mask.masking(text)) }
        return switch self {
        case .passed: .passed
        case .failed(let reason): .failed(clean(reason))
        case .notClaimed(let reason): .notClaimed(clean(reason))
        case .notApplicable(let reason): .notApplicable(clean(reason))
        case .skipped(let reason): .skipped(clean(reason))
        }
    }
}
