// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import Gateway
public import JSONDocuments
import Ledger
import Notification
import Planning

/// What an administrator looks at first: what needs somebody, whether certificates can be ordered, and what the service did last.
/// Asks the database, and neither the tenant nor a CA.
public struct OverviewAdministration: Sendable {
    /// Weeks before and behind today.
    static let weeks = 8
    /// How long an end that a CA has set to an order is told.
    static let recent = 7 * 86_400.0

    private let gateway: Gateway

    public init(_ gateway: Gateway) { self.gateway = gateway }

    /// - Parameter readiness: what the service has found last of its CAs; nil where nothing looks.
    /// - Throws: `StoreError`.
    public func json(_ readiness: Readiness? = nil) async throws -> JSONValue {
        let now = gateway.ledger.clock.now()
        let weeks = try await gateway.ledger.weeks(around: now, count: Self.weeks)
        let ledger = gateway.ledger
        return [
            "at": .string(now.ISO8601Format()), "needsYou": .array(try await needs(at: now).map(\.json)),
            "canIssue": .array(try await IssuanceState.all(gateway, readiness).map(\.json)),
            "weeks": .array(
                weeks.map {
                    [
                        "start": .string($0.start.ISO8601Format()), "issued": JSONValue($0.issued),
                        "renewed": JSONValue($0.renewed), "ending": JSONValue($0.ending),
                    ]
                }),
            "lastPass": try await JobAdministration.last(.plan, in: ledger) ?? .null,
            "lastReading": try await JobAdministration.last(.directory, in: ledger) ?? .null,
        ]
    }

    /// What waits for a person, the most urgent first.
    ///
    /// - Throws: `StoreError`.
    public func needs(at now: Date) async throws -> [Need] {
        var needs = try await orderNeeds(at: now) + planNeeds() + gatewayNeeds()
        needs += try await gateway.ledger.actionObstacles(failedSince: now - Self.recent).map {
            Need(.revocations, $0.sentence, path: "/certificates/\(escaped($0.example))")
        }
        needs += try await gateway.incidentProblems().map { Need(.incident, $0, path: "/incidents") }
        needs += try await driftNeeds() + publicationNeeds() + deliveryNeeds()
        needs += try await noticeNeeds()
        needs += try await setUpNeeds()
        needs += try await gateway.failoverSentences().map { Need(.notice, $0, path: "/backend-cas", isUrgent: false) }
        return needs.enumerated().sorted {
            ($0.element.isUrgent ? 0 : 1, $0.offset) < ($1.element.isUrgent ? 0 : 1, $1.offset)
        }.map(\.element)
    }

    /// The next step of a first run that is not at its end, and the steps that somebody has left out.
    private func setUpNeeds() async throws -> [Need] {
        let standings = try await SetUpAdministration(gateway).standings()
        let isRunning = standings.last?.state == .done
        return standings.enumerated().compactMap { index, one in
            guard one.state == .skipped || (one.state == .current && !isRunning) else { return nil }
            let place = "set-up, step \(index + 1) of \(standings.count)"
            return Need(
                .setUp, one.state == .skipped ? "\(place) was left out: \(one.text)" : "\(place) is next: \(one.text)",
                path: "/set-up?step=\(one.step.rawValue)", isUrgent: one.state == .current)
        }
    }

    private func orderNeeds(at now: Date) async throws -> [Need] {
        let obstacles = try await gateway.ledger.obstacles(since: now - Self.recent)
        var needs = obstacles.map { obstacle in
            Need(
                obstacle.isHeld ? .heldOrders : .failingOrders, obstacle.sentence(at: now),
                path: "/orders?backendCA=\(escaped(obstacle.backendCA))"
                    + (obstacle.isHeld
                        ? "&held=true" : obstacle.side == .ended ? "&stage=rejected&stage=cancelled" : "&open=true"),
                count: obstacle.count, since: obstacle.triedAt, isUrgent: obstacle.isHeld)
        }
        needs += gateway.alarms(besides: obstacles).map { Need(.backendCA, $0, path: "/backend-cas") }
        for waiting in try await gateway.ledger.waitingCounts() where waiting.wait == .subscriber {
            needs.append(
                Need(
                    .unansweredMail,
                    "\(Plural(waiting.count, "person has", "people have")) not answered the mail of the CA",
                    path: "/orders?waitingFor=subscriber", count: waiting.count, since: waiting.oldest,
                    isUrgent: false))
        }
        needs += try await gateway.overdueOrders(at: now).map {
            Need(.overdueOrders, $0, path: "/orders?stage=pending", isUrgent: false)
        }
        needs += try await gateway.requestProblems(at: now).map {
            Need(.notice, $0, path: "/requests", isUrgent: false)
        }
        needs += try await gateway.keyProblems().map { Need(.notice, $0, path: "/certificates", isUrgent: false) }
        return needs
    }

    private func planNeeds() async throws -> [Need] {
        var plans: [PlanSummary] = []
        for template in try await gateway.planner.planned(gateway.configuration) {
            plans.append(try await gateway.planner.last(template))
        }
        let spending = try await Spending.read(
            gateway.ledger, for: gateway.configuration, at: gateway.ledger.clock.now())
        return PlanLimits(plans, gateway.configuration.limits, spending).sentences.map {
            Need(.overduePlan, $0, path: "/plan")
        }
            + plans.flatMap { plan in
                plan.standstill.map {
                    Need(
                        .notice, $0, path: "/people?template=\(escaped(plan.template))&status=ended", isUrgent: false)
                }
            }
    }

    private func gatewayNeeds() async throws -> [Need] {
        let doubts = try await gateway.restoreDoubts()
        let urgent =
            [gateway.sealingKeyFault(), try await gateway.store.lookAtAuditTrail()].compactMap(\.self)
            + gateway.configuration.exchangedFiles.map(\.sentence) + doubts.stops
        let resting = try await RestingWork.sentences(in: gateway.ledger).values.sorted()
        return (urgent + resting + agentNeeds()).map { Need(.gateway, $0, path: "/services") }
            + (try await gateway.certificatesToDecideOn() + doubts.notes).map {
                Need(.notice, $0, path: "/templates", isUrgent: false)
            }
    }

    /// Agents for whom no key can be archived, or soon none: before the first order fails.
    private func agentNeeds() -> [String] {
        let named = Set(gateway.configuration.templates.filter(\.enabled).flatMap(\.keyRecoveryAgents))
        let now = gateway.ledger.clock.now()
        let problems = gateway.agentProblems(at: now, now + Self.ahead)
        return problems.sorted { $0.key < $1.key }.filter { named.contains($0.key) }.map(\.value)
    }

    /// An agent's new certificate takes people some time.
    private static let ahead: TimeInterval = 14 * 86_400

    /// The gravest of what the last comparison has found; the rest is a matter for whoever reads the report.
    private func driftNeeds() async throws -> [Need] {
        guard let last = try await DriftTally.last(in: gateway.ledger) else { return [] }
        let count = last.count(.danger)
        guard count > 0 else { return [] }
        return [
            Need(
                .drift,
                "\(Plural(count, "grave difference")) between the ledger and what CAs, Intune or directories hold: see 'certway drift "
                    + "report --last'", path: "/drift", count: count, since: last.readAt)
        ]
    }

    /// As 'certway doctor' says it.
    private func publicationNeeds() async throws -> [Need] {
        try await gateway.publicationTroubles().map {
            Need(
                .publication, $0.sentence,
                path: "/publication?directory=\(escaped($0.directory))" + ($0.isAbandoned ? "" : "&state=failed"),
                count: $0.count, isUrgent: false)
        }
    }

    /// As 'certway doctor' says it; what a person has to do with a device is none of it.
    private func deliveryNeeds() async throws -> [Need] {
        try await gateway.lastMileTroubles().filter(\.isForOperator).map {
            Need(
                .delivery, $0.sentence,
                path: $0.count == 1
                    ? "/certificates/\($0.example.id)" : "/certificates?template=\(escaped($0.example.template))",
                count: $0.count, isUrgent: false)
        }
    }

    private func noticeNeeds() async throws -> [Need] {
        let counts = try await gateway.notices.counts()
        return [
            (NoticeState.failed, "could not be sent and was given up", "could not be sent and were given up"),
            (.unknown, "may have been sent: nobody knows", "may have been sent: nobody knows"),
        ].compactMap { state, one, many in
            guard let count = counts[state], count > 0 else { return nil }
            return Need(
                .notification, "\(Plural(count, "notice \(one)", "notices \(many)"))",
                path: "/notifications",
                count: count, isUrgent: false)
        }
    }

    private func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
