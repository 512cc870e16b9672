// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Dispatch
import Foundation
import Synchronization

/// Looks up which CAs mail domains let issue (RFC 9495), once for each domain and hour.
///
/// The resolver blocks, so it is called on threads of its own, eight at a time, and each domain has its time. Where the resolver itself
/// seems to be away nobody waits for it again and again.
public final class CAALookup: Sendable {
    private struct Entry {
        let finding: CAAFinding
        let until: Date
    }

    private let resolver: any CAAResolver
    private let clock: any ConnectorClock
    private let limit: Int
    private let entries = Mutex<[String: Entry]>([:])
    private let silence = Mutex<(count: Int, until: Date)>((0, .distantPast))
    private let queue = DispatchQueue(label: "caa", attributes: .concurrent)

    private static let kept: TimeInterval = 3600
    private static let unknownKept: TimeInterval = 60
    private static let patience = 3
    private static let width = 8
    /// Never delegated (RFC 2606, RFC 6761): there is nobody to ask.
    private static let reserved: Set = ["test", "example", "invalid", "localhost", "local"]

    /// - Parameter limit: seconds for one domain.
    public init(
        _ resolver: any CAAResolver = SystemCAAResolver(), clock: any ConnectorClock = SystemClock(), limit: Int = 5
    ) {
        self.resolver = resolver
        self.clock = clock
        self.limit = limit
    }

    /// Domains of addresses, in small letters, without those of no domain.
    public static func domains(of addresses: [String]) -> [String] {
        Set(addresses.compactMap { $0.split(separator: "@").last.map { $0.lowercased() } }).sorted()
    }

    /// What is known by now, without asking; domains nobody has asked about are left out.
    public func known(_ domains: [String]) -> [CAAFinding] {
        let now = clock.now()
        return entries.withLock { entries in
            domains.compactMap { domain in entries[domain].flatMap { now < $0.until ? $0.finding : nil } }
        }
    }

    /// Asks about those that are not known. Takes some tens of milliseconds for each eight domains, and never longer than the limit
    /// for each eight.
    @discardableResult
    public func look(_ domains: [String]) async -> [CAAFinding] {
        let known = Set(known(domains).map(\.domain))
        var missing = Set(domains).subtracting(known).sorted()[...]
        while !missing.isEmpty {
            let part = missing.prefix(Self.width)
            missing = missing.dropFirst(part.count)
            await withTaskGroup(of: CAAFinding.self) { group in
                for domain in part { group.addTask { await self.ask(domain) } }
                for await finding in group { keep(finding) }
            }
        }
        return self.known(domains)
    }

    private func keep(_ finding: CAAFinding) {
        let now = clock.now()
        let kept = finding.state == .unknown ? Self.unknownKept : Self.kept
        entries.withLock { entries in
            if entries.count > 10_000 { entries = entries.filter { now < $0.value.until } }
            entries[finding.domain] = Entry(finding: finding, until: now + kept)
        }
    }

    private func ask(_ domain: String) async -> CAAFinding {
        let labels = domain.split(separator: ".").map(String.init)
        guard let top = labels.last, !Self.reserved.contains(top) else {
            return CAAFinding(domain: domain, state: .none)
        }
        guard silence.withLock({ $0.count < Self.patience || clock.now() >= $0.until }) else {
            return CAAFinding(domain: domain, state: .unknown, detail: "the resolver does not answer")
        }
        let finding = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.climb(domain, labels)) }
        }
        silence.withLock { silence in
            silence.count = finding.state == .unknown ? silence.count + 1 : 0
            if finding.state == .unknown { silence.until = clock.now() + Self.unknownKept }
        }
        return finding
    }

    /// RFC 8659 §3: the domain itself, then each above it, until one has records.
    private func climb(_ domain: String, _ labels: [String]) -> CAAFinding {
        let start = ContinuousClock.now
        for index in labels.indices {
            let name = labels[index...].joined(separator: ".")
            let left = limit - Int((ContinuousClock.now - start).components.seconds)
            guard left > 0 else { return unknown(domain, "the resolver took more than \(limit) seconds") }
            switch resolver.records(of: name, within: left) {
            case .unknown: return unknown(domain, "the resolver has no answer about \(name)")
            case .records(let records) where !records.isEmpty:
                return CAAFinding(domain: domain, holder: name, records: records)
            case .records: continue
            }
        }
        return CAAFinding(domain: domain, state: .none)
    }

    private func unknown(_ domain: String, _ detail: String) -> CAAFinding {
        CAAFinding(domain: domain, state: .unknown, detail: detail)
    }
}
