// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import Settings
import YAMLDocuments

/// Keeps an eye on CAs for which another one stands in: since when one takes no orders, and since when it answers again. New orders go to
/// the second CA after `failover.after` of the one, and back after a quarter of that of the other. Nothing is moved that has left: an order in
/// doubt at the first is not placed at the second.
struct OutageWatch: Sendable {
    /// What is remembered of a CA, by all nodes.
    struct Outage: Equatable {
        var since: Date
        /// Since when it answers again without a failure between; nil while it does not.
        var answersSince: Date?
        var reason: String

        init(since: Date, answersSince: Date? = nil, reason: String) {
            self.since = since
            self.answersSince = answersSince
            self.reason = reason
        }

        init?(json: JSONValue?) {
            guard let since = json?["since"]?.int else { return nil }
            self.init(
                since: Date(timeIntervalSince1970: Double(since)),
                answersSince: (json?["answersSince"]?.int).map { Date(timeIntervalSince1970: Double($0)) },
                reason: json?["reason"]?.string ?? "")
        }

        var json: JSONValue {
            [
                "since": JSONValue(Int(since.timeIntervalSince1970)),
                "answersSince": answersSince.map { JSONValue(Int($0.timeIntervalSince1970)) } ?? .null,
                "reason": .string(reason),
            ]
        }
    }

    private let ledger: OrderLedger
    private let configuration: GatewayConfiguration
    private let now: Date

    init(_ ledger: OrderLedger, _ configuration: GatewayConfiguration, now: Date) {
        self.ledger = ledger
        self.configuration = configuration
        self.now = now
    }

    /// The CAs for which another one stands in.
    var watched: [String] {
        Set(templates.map(\.configuredHome.backendCA)).sorted()
    }

    private var templates: [TemplateConfiguration] {
        configuration.templates.filter { $0.enabled && $0.failover != nil }
    }

    /// Takes note of how a CA is just now.
    ///
    /// - Parameter trouble: why it takes no orders; nil where it answers as it should.
    func note(_ name: String, _ trouble: String?) async throws {
        let before = try await outage(name)
        var after = before
        if let trouble {
            after = Outage(since: before?.since ?? now, reason: trouble)
            // One that had come back for good begins anew.
            if let back = before?.answersSince, now.timeIntervalSince(back) >= backAfter(name) {
                after?.since = now
            }
        } else if let before {
            let back = before.answersSince ?? now
            after?.answersSince = back
            if now.timeIntervalSince(back) >= backAfter(name), !isStoodIn(name) { after = nil }
        }
        guard after != before else { return }
        try await ledger.setState(Self.key(name), after?.json)
    }

    /// Lets templates go over or back, as long as it takes.
    ///
    /// - Returns: what has changed, one sentence each, and the CAs that get their orders again.
    func decide() async throws -> (changes: [String], back: [String]) {
        var changes: [String] = []
        var back: [String] = []
        let store = ConfigurationStore(ledger: ledger)
        for template in templates {
            guard let failover = template.failover else { continue }
            let name = template.configuredHome.backendCA
            let outage = try await outage(name)
            if template.isFailedOver {
                guard
                    outage.map({
                        $0.answersSince.map { now.timeIntervalSince($0) >= failover.backAfter.seconds } ?? false
                    }) ?? true
                else { continue }
                try await store.failOver(template.name, from: nil)
                back.append(name)
                changes.append(
                    "template \(template.name): \(name) answers again, and new orders go there; what \(failover.backendCA) has taken ends there"
                )
            } else if let outage, outage.answersSince == nil,
                now.timeIntervalSince(outage.since) >= failover.after.seconds
            {
                try await store.failOver(template.name, from: name)
                changes.append(
                    "template \(template.name): \(name) has taken no orders since \(outage.since.ISO8601Format()) (\(outage.reason)), and new "
                        + "orders go to \(failover.backendCA), product \(failover.product)")
            }
        }
        return (changes, back)
    }

    /// What stands as it usually does not, one sentence each.
    func sentences() async throws -> [String] {
        var sentences: [String] = []
        for template in templates {
            guard let failover = template.failover else { continue }
            let name = template.configuredHome.backendCA
            guard let outage = try await outage(name) else { continue }
            let since = "since \(outage.since.ISO8601Format()) (\(outage.reason))"
            if template.isFailedOver {
                sentences.append(
                    "template \(template.name): new orders go to \(failover.backendCA), product \(failover.product), because \(name) has taken none "
                        + since + "; they go back by themselves once it has answered for \(failover.backAfter.text)")
            } else if outage.answersSince == nil {
                let at = outage.since + failover.after.seconds
                sentences.append(
                    "template \(template.name): \(name) takes no orders \(since); from \(at.ISO8601Format()) on new ones go to "
                        + "\(failover.backendCA), product \(failover.product)")
            }
        }
        return sentences
    }

    private func isStoodIn(_ name: String) -> Bool {
        templates.contains { $0.isFailedOver && $0.configuredHome.backendCA == name }
    }

    private func backAfter(_ name: String) -> Double {
        templates.filter { $0.configuredHome.backendCA == name }.compactMap { $0.failover?.backAfter.seconds }.max()
            ?? 0
    }

    private func outage(_ name: String) async throws -> Outage? { Outage(json: try await ledger.state(Self.key(name))) }

    private static func key(_ name: String) -> String { "outage.\(name)" }
}

extension Gateway {
    private var outages: OutageWatch { OutageWatch(ledger, configuration, now: ledger.clock.now()) }

    /// Asks each CA for which another one stands in whether it takes orders, and lets templates go over or back. Costs one question to each of
    /// these CAs; nothing where no template names a second one. Whoever plans calls it before.
    func lookAtOutages() async throws {
        let watch = outages
        for name in watch.watched { try await watch.note(name, await trouble(at: name)) }
        let (changes, back) = try await watch.decide()
        for name in back { backends.clearAlarm(on: name) }
        for sentence in changes { logger.log(.warning, sentence, fields: []) }
    }

    /// The same of what orders have met, without asking anybody: a CA may answer questions and take no orders.
    func noteOutages() async throws {
        let watch = outages
        for name in watch.watched {
            guard let error = backends.alarm(on: name)?.error, let trouble = Self.trouble(error) else { continue }
            try await watch.note(name, trouble)
        }
    }

    /// Which templates order at their second CA, and which are about to, one sentence each.
    public func failoverSentences() async throws -> [String] { try await outages.sentences() }

    private func trouble(at name: String) async -> String? {
        switch backends[name] {
        case .unusable(let reason)?: return reason
        case nil: return nil
        case .ready(let backend)?:
            do {
                _ = try await backend.connector.check()
                // What orders have met counts more than a question; while none go there, the question has to do.
                guard
                    !configuration.templates.contains(where: { $0.isFailedOver && $0.configuredHome.backendCA == name })
                else { return nil }
                return backends.alarm(on: name).flatMap { Self.trouble($0.error) }
            } catch let error as ConnectorError {
                return Self.trouble(error)
            } catch {
                return "\(error)"
            }
        }
    }

    /// Why a CA takes no orders; nil for what is no outage: one that throttles is there.
    private static func trouble(_ error: ConnectorError) -> String? {
        switch error.kind {
        // An answer about one order that the profile has no rule for.
        case .configuration where error.ifAbsent == .transient: nil
        case .transient, .authentication, .configuration: error.message
        case .throttled, .refused, .outcomeUnknown: nil
        }
    }
}
