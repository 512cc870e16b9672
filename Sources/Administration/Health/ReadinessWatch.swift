// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
public import Gateway
import Ledger
import Planning
import Settings
import Synchronization

/// Says whether issuing works now. Asked often, it asks database and CAs seldom.
public actor ReadinessWatch {
    /// How long a look at the database is good for, and the answer of a CA.
    private static let looksEvery = Duration.seconds(5)
    private static let asksEvery = Duration.seconds(60)
    /// What takes longer counts as not answering.
    private static let patience = Duration.seconds(8)

    private let service: GatewayService
    private var last: (at: ContinuousClock.Instant, readiness: Readiness)?
    private var looking: Task<Readiness, Never>?
    private var answers: [String: (at: ContinuousClock.Instant, trouble: String?)] = [:]

    public init(_ service: GatewayService) { self.service = service }

    /// Costs nothing within five seconds of the last look; else a few look-ups, and once a minute a question to each CA in use.
    public func look() async -> Readiness {
        if let last, last.at.duration(to: .now) < Self.looksEvery { return last.readiness }
        let task =
            looking
            ?? Task {
                let found =
                    await within(Self.patience * 2) { await self.examine() }
                    ?? Readiness(
                        [Readiness.Cause(.database, "the database does not answer; see 'certway store status'")],
                        templates: [], at: Date())
                self.last = (.now, found)
                self.looking = nil
                return found
            }
        looking = task
        return await task.value
    }

    /// What was found lately, at once: a page does not wait for a CA that does not answer. Begins another look where that was not just now;
    /// nil where nobody has looked for two minutes.
    public func lately() -> Readiness? {
        if last.map({ $0.at.duration(to: .now) >= Self.looksEvery }) ?? true, looking == nil {
            Task { await look() }
        }
        return last.flatMap { $0.at.duration(to: .now) < Self.asksEvery * 2 ? $0.readiness : nil }
    }

    private func examine() async -> Readiness {
        let figures = service.figures
        var causes: [Readiness.Cause] = []
        if figures.isStopping {
            causes.append(Readiness.Cause(.stopping, "the service is stopping"))
        } else if !figures.isServing {
            causes.append(Readiness.Cause(.starting, "the service has not begun to work yet"))
        }
        do {
            let gateway = try await service.gateway()
            let templates = gateway.configuration.templates.filter(\.enabled)
            causes += try await stops(gateway, figures)
            causes += agents(gateway, templates)
            causes += unplanned(figures, gateway, templates)
            if templates.isEmpty {
                causes.append(
                    Readiness.Cause(
                        .configuration, "no template is enabled, so there is nothing to issue: 'certway apply'"))
            }
            causes += try await backendCAs(gateway, templates)
            return Readiness(causes, templates: templates.map(\.name), at: gateway.ledger.clock.now())
        } catch {
            causes.append(Readiness.Cause(.database, "\(error)"))
            return Readiness(causes, templates: [], at: Date())
        }
    }

    /// What stands against every new order.
    private func stops(_ gateway: Gateway, _ figures: ServiceFigures) async throws -> [Readiness.Cause] {
        var causes: [Readiness.Cause] = []
        if let fault = gateway.sealingKeyFault() { causes.append(Readiness.Cause(.sealingKey, fault)) }
        if let sign = gateway.clockSign { causes.append(Readiness.Cause(.clock, sign)) }
        if let sign = try await gateway.restoreSign(nil) { causes.append(Readiness.Cause(.olderCopy, sign)) }
        for file in gateway.configuration.exchangedFiles where file.place.backendCA == nil {
            causes.append(Readiness.Cause(.appliedFiles, file.sentence))
        }
        let topics: [(String, Readiness.Cause.Code)] = [
            ("directory", .directory), ("planner", .planning), ("audit trail", .auditTrail), ("database", .database),
            ("directory rests", .directory), ("plan rests", .planning), ("directory reading", .directory),
        ]
        for (topic, code) in topics {
            causes += (figures.standing[topic] ?? []).map { Readiness.Cause(code, $0) }
        }
        return causes
    }

    /// Templates whose people are not known, at once where somebody must act, else when it has lasted: nobody new is ordered for then, and
    /// who has left is not seen.
    private func unplanned(
        _ figures: ServiceFigures, _ gateway: Gateway, _ templates: [TemplateConfiguration]
    ) -> [Readiness.Cause] {
        let enough = gateway.ledger.clock.now() - GatewayService.patience(gateway.configuration.limits.interval)
        let lasting = figures.unplanned.filter { one in
            (!one.what.isPassing || one.since < enough) && templates.contains { $0.name == one.what.template }
        }.map(\.what)
        return Dictionary(grouping: lasting, by: \.reason).sorted { $0.key < $1.key }.map { reason, own in
            Readiness.Cause(
                own[0].isOfTenant ? .directory : .planning, "\(reason); see 'certway doctor'",
                templates: own.map(\.template).sorted())
        }
    }

    /// Agents for whom no key can be archived now: nothing is ordered by the templates that name them.
    private func agents(_ gateway: Gateway, _ templates: [TemplateConfiguration]) -> [Readiness.Cause] {
        gateway.agentProblems(at: gateway.ledger.clock.now()).sorted { $0.key < $1.key }.compactMap { name, problem in
            let uses = templates.filter { $0.keyRecoveryAgents.contains(name) }.map(\.name)
            return uses.isEmpty ? nil : Readiness.Cause(.keyRecovery, problem, subject: name, templates: uses.sorted())
        }
    }

    /// What keeps the templates of one backend CA from being issued.
    private func backendCAs(
        _ gateway: Gateway, _ templates: [TemplateConfiguration]
    ) async throws -> [Readiness.Cause] {
        let uses = Dictionary(grouping: templates, by: \.backendCA).mapValues { $0.map(\.name).sorted() }
        var stops: [String: String] = [:]
        var ready: [BackendCA] = []
        for name in uses.keys.sorted() {
            switch gateway.backends[name] {
            case nil: stops[name] = "is not configured"
            case .unusable(let reason)?: stops[name] = reason
            case .ready(let backend)?:
                stops[name] = try await stop(at: backend, gateway)
                if stops[name] == nil { ready.append(backend) }
            }
        }
        // All at the same time: one that does not answer keeps no other waiting.
        let troubles = await withTaskGroup(of: (String, String?).self) { group in
            for backend in ready { group.addTask { (backend.name, await self.trouble(at: backend)) } }
            var found: [String: String] = [:]
            for await (name, trouble) in group { found[name] = trouble }
            return found
        }
        return stops.merging(troubles) { own, _ in own }.sorted { $0.key < $1.key }.map { name, sentence in
            Readiness.Cause(
                .backendCA, "backend CA \(name): \(sentence); see 'certway ca check \(name)'", subject: name,
                templates: uses[name] ?? [])
        }
    }

    /// What this process and the database know to stand against new orders at a CA.
    private func stop(at backend: BackendCA, _ gateway: Gateway) async throws -> String? {
        if let alarm = gateway.backends.openAlarms[backend.name] { return alarm }
        if let stop = try await SubmissionStop.inForce(at: backend, gateway.ledger) { return stop.cause }
        if let stop = try await gateway.restoreDoubt?.stop(at: backend, among: gateway.backends) { return stop }
        return gateway.configuration.exchangedFiles.first { $0.place.backendCA == backend.name }?.sentence
    }

    /// Why a CA does not answer as it should; asked once a minute.
    private func trouble(at backend: BackendCA) async -> String? {
        if let known = answers[backend.name], known.at.duration(to: .now) < Self.asksEvery { return known.trouble }
        let found: String?? = await within(Self.patience) {
            do {
                _ = try await backend.connector.check()
                return nil
            } catch {
                return "\(error)"
            }
        }
        let trouble = found ?? "it does not answer"
        answers[backend.name] = (.now, trouble)
        return trouble
    }
}

/// What `body` returns, or nil when it takes longer; it is cancelled then and not waited for.
private func within<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async -> Value
) async -> Value? {
    let (results, source) = AsyncStream.makeStream(of: Value?.self)
    let work = Task { source.yield(await body()) }
    let alarm = Task {
        try? await Task.sleep(for: limit)
        source.yield(nil)
    }
    defer {
        work.cancel()
        alarm.cancel()
    }
    for await result in results { return result }
    return nil
}
