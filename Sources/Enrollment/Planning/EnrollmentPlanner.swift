// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Foundation
import Ledger
import PKIX
import Settings
import Store

/// Decides who gets a certificate. Reads only what changed since it last looked, so an unchanged tenant costs nothing.
public struct EnrollmentPlanner: Sendable {
    private static let pageSize = 500

    private let database: any SQLDatabase
    private let mirror: DirectoryMirror
    private let ledger: OrderLedger
    public let decisions: DecisionStore

    public init(database: any SQLDatabase, mirror: DirectoryMirror, ledger: OrderLedger) {
        self.database = database
        self.mirror = mirror
        self.ledger = ledger
        decisions = DecisionStore(database: database)
    }

    /// Brings the verdicts for one template up to date with directory and ledger; orders nothing.
    ///
    /// - Parameters:
    ///   - product: what the CA product needs, to refuse early; nil when the profile does not say.
    ///   - onProgress: called with the number of people looked at so far.
    public func plan(
        _ template: TemplateConfiguration, product: ProductFacts?, onProgress: (Int) -> Void = { _ in }
    ) async throws -> PlanSummary {
        let builder = NameBuilder(template: template, product: product)
        let fingerprint = Self.fingerprint(template, product)
        var position = try await decisions.position(template: template.name, fingerprint: fingerprint)
        var evaluated = 0
        while true {
            let page = try await mirror.members(of: template.group, after: position, limit: Self.pageSize)
            guard let last = page.last else { break }
            position = last.position
            let reached = position
            let standings = try await ledger.standings(
                template: template.name, subscriberIDs: page.map(\.person.id))
            let found = page.map { decide($0, template, builder, standings[$0.person.id]) }
            try await database.write { connection in
                for decision in found { try DecisionStore.put(decision, on: connection) }
                try DecisionStore.put(reached, template: template.name, fingerprint: fingerprint, on: connection)
            }
            evaluated += page.count
            onProgress(evaluated)
            try Task.checkCancellation()
        }
        let (verdicts, reasons) = try await decisions.counts(template: template.name)
        return PlanSummary(
            template: template.name, counts: verdicts, evaluated: evaluated, skippedByReason: reasons)
    }

    /// Turns verdicts into orders in the ledger, page by page; a person with an open order is never ordered for again.
    ///
    /// - Parameter limit: how many orders at most.
    /// - Returns: the number of orders made.
    public func order(_ template: TemplateConfiguration, limit: Int) async throws -> Int {
        var made = 0
        while made < limit {
            let page = try await decisions.decisions(
                template: template.name, verdict: .order, limit: min(Self.pageSize, limit - made))
            guard !page.isEmpty else { break }
            let terms = OrderTerms(template: template).json
            let orders = page.map { decision in
                NewOrder(
                    template: template.name, backendCA: template.backendCA, product: template.product,
                    subscriberID: decision.subscriberID, userPrincipalName: decision.userPrincipalName,
                    names: decision.names.json, request: terms)
            }
            made += try await ledger.plan(batch: orders).made.count
            StageBoundary.planned.pass()
            try await decisions.markCovered(template: template.name, subscribers: page.map(\.subscriberID))
        }
        return made
    }

    /// Changes with everything a verdict depends on beside the person.
    private static func fingerprint(_ template: TemplateConfiguration, _ product: ProductFacts?) -> String {
        let text = ([template.fingerprint] + (product?.requiredNames ?? [])).joined(separator: " ")
        return Data(DigestAlgorithm.sha256.digest(Array(text.utf8))).base64EncodedString()
    }

    private func decide(
        _ member: EnrollmentMember, _ template: TemplateConfiguration, _ builder: NameBuilder,
        _ standing: SubscriberStanding?
    ) -> EnrollmentDecision {
        let person = member.person
        var decision = EnrollmentDecision(
            template: template.name, subscriberID: person.id, userPrincipalName: person.userPrincipalName,
            verdict: .skipped, reason: "", names: RequestedNames())
        guard member.isPresent else {
            decision.verdict = .left
            decision.reason = member.isDeleted ? "deleted from the tenant" : "left the group"
            return decision
        }
        if let standing, standing.stage.isOpen || standing.stage == .active {
            decision.verdict = .covered
            return decision
        }
        guard person.isAccountEnabled else {
            decision.reason = "the account is disabled"
            return decision
        }
        let built = builder.build(for: person)
        decision.names = built.names
        if let obstacle = built.obstacle {
            decision.reason = obstacle
        } else {
            decision.verdict = .order
        }
        return decision
    }
}
