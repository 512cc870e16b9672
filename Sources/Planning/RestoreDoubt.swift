// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorHost
public import ConnectorKit
public import Foundation
import JSONDocuments
public import Ledger

/// The database may be an older copy: CAs may have orders that it does not know. Until a person consents each new order is looked
/// for at the CAs before it leaves, by the references that it would have had before. Where its CA cannot be asked that way nothing
/// leaves. Time ends neither: it brings nobody's order back, and clocks are wrong now and then. Kept in the ledger, for all nodes and
/// over restarts.
public struct RestoreDoubt: Sendable, Equatable {
    private static let stateName = "restore.doubt"

    /// What was noticed, one sentence without its full stop.
    public let cause: String
    /// When it was noticed; what the database does not know was ordered before.
    public let noticedAt: Date
    /// When the copy knew of something for the last time; what it does not know was ordered later.
    public let since: Date
    /// Where requests went that it does not know.
    public let targets: SubmissionTargets

    public init(cause: String, noticedAt: Date, since: Date, targets: SubmissionTargets = SubmissionTargets()) {
        (self.cause, self.noticedAt, self.since, self.targets) = (cause, noticedAt, since, targets)
    }

    /// What is in doubt until a person consents; nil when nothing is. One look-up.
    public static func current(_ ledger: OrderLedger) async throws -> RestoreDoubt? {
        guard let kept = try await ledger.state(stateName), let cause = kept["cause"]?.string,
            let noticed = kept["noticedAt"]?.string.flatMap({ try? Date($0, strategy: .iso8601) }),
            let since = kept["since"]?.string.flatMap({ try? Date($0, strategy: .iso8601) })
        else { return nil }
        let now = ledger.clock.now()
        let targets = SubmissionTargets(
            Set((kept["targets"]?.array ?? []).compactMap { SubmissionTarget(json: $0) }),
            isWhole: kept["targetsAreWhole"]?.bool ?? false)
        guard noticed > now + OrderLedger.clockTolerance else {
            return RestoreDoubt(cause: cause, noticedAt: noticed, since: since, targets: targets)
        }
        // It was noticed by a clock that ran ahead, and what waits for that moment would wait as long.
        try await put(RestoreDoubt(cause: cause, noticedAt: now, since: since, targets: targets), ledger)
        return try await current(ledger)
    }

    private static func put(_ doubt: RestoreDoubt, _ ledger: OrderLedger) async throws {
        try await ledger.setState(
            stateName,
            [
                "cause": .string(doubt.cause), "noticedAt": .string(doubt.noticedAt.ISO8601Format()),
                "since": .string(doubt.since.ISO8601Format()),
                "targets": .array(doubt.targets.known.sorted().map(\.json)),
                "targetsAreWhole": .bool(doubt.targets.isWhole),
            ])
    }

    /// Puts the doubt on record. An earlier one reaches further back.
    ///
    /// - Parameter since: what may be lost was ordered later; nil where nothing tells more than the newest change, which counts
    ///   where it is earlier.
    public static func note(
        _ cause: String, since: Date? = nil, targets: SubmissionTargets = SubmissionTargets(), at now: Date,
        _ ledger: OrderLedger
    ) async throws {
        let known = try await current(ledger)
        let newest = min(since ?? now, try await ledger.newestChange() ?? now)
        var all = targets
        if let known { all.add(known.targets) }
        try await put(
            RestoreDoubt(cause: cause, noticedAt: now, since: min(known?.since ?? newest, newest), targets: all), ledger
        )
    }

    /// Another node knows of further places.
    public func add(_ targets: SubmissionTargets, _ ledger: OrderLedger) async throws {
        var all = self.targets
        all.add(targets)
        guard all != self.targets else { return }
        try await Self.put(RestoreDoubt(cause: cause, noticedAt: noticedAt, since: since, targets: all), ledger)
    }

    /// A person has consented: what is ordered is not looked for any more.
    public static func end(_ ledger: OrderLedger) async throws {
        try await ledger.setState(stateName, nil)
        try await ledger.setState(unfindable, nil)
    }

    private static let unfindable = "restore.unfindable"

    /// Whether what was lost can be looked for. Orders of an older version had references that nothing leads to.
    public static func isPossible(_ ledger: OrderLedger) async throws -> Bool {
        try await ledger.state(unfindable) == nil
    }

    /// The copy is an older version's: nothing leads to what was ordered since.
    public static func forbid(_ ledger: OrderLedger) async throws { try await ledger.setState(unfindable, true) }

    /// Why nothing new may leave for this CA; nil where each order can be looked for. What was ordered since may have gone elsewhere:
    /// by a template that was taken to another CA, an incident, or an outage.
    ///
    /// - Parameter backends: all that are configured.
    public func stop(at backend: BackendCA, among backends: BackendCARegistry) -> String? {
        if let stop = stop(at: backend, "") { return stop }
        var places: [(name: String, backend: BackendCARegistry.Entry?)] = []
        for target in targets.known.sorted() {
            let entry = ([target.backendCA] + backends.names).lazy.compactMap { backends[$0] }.first {
                if case .ready(let one) = $0 { one.connection == target.connection } else { false }
            }
            places.append((target.backendCA, entry ?? backends[target.backendCA].flatMap { $0.isReady ? nil : $0 }))
        }
        if !targets.isWhole {
            places += backends.names.map { ($0, backends[$0]) }
        }
        for (name, entry) in places {
            switch entry {
            case .ready(let other)?:
                if let stop = stop(at: other, targets.isWhole ? "requests have left for it since, " : "") {
                    return stop
                }
            case .unusable(let reason)?:
                return
                    "\(cause): what was ordered since at \(name) would be bought again, and that cannot be used (\(reason)); mend it, "
                    + look(at: name)
            case nil:
                return
                    "\(cause): requests have left since for backend CA \(name), which is not configured as it was then: configure it, "
                    + look(at: name)
            }
        }
        return nil
    }

    private func stop(at backend: BackendCA, _ why: String) -> String? {
        guard finder(backend) == nil else { return nil }
        return
            "\(cause): what was ordered since would be bought again, \(why)and \(backend.name) cannot be asked for an order by its "
            + "reference alone; look at its list for orders since \(since.ISO8601Format()), then 'certway restore accept'"
    }

    private func look(at name: String) -> String {
        "so that each order is looked for there; or look at the list of \(name) for orders since \(since.ISO8601Format()), then "
            + "'certway restore accept'"
    }

    /// What asks the CA about an order whose key is not known any more.
    public func finder(_ backend: BackendCA) -> (any OrderFinding)? {
        guard let finder = backend.ability((any OrderFinding).self, .findByReference), finder.findsByReferenceAlone
        else { return nil }
        return finder
    }
}
