// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import PKIX
import Rules
import Settings
import Synchronization
import TestSupport
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// Rules are looked at before money is spent, and when a certificate comes back.
@Suite(.timeLimit(.minutes(5))) struct RulesBeforeOrdersTests {
    private let gateway: TestGateway
    private let folder: TemporaryFolder

    /// The clock of the gateway stands on 15 January 2027.
    private static let rules = """
        functions: |
          def name: .subject[] | select(.type == "commonName") | .value;
        rules:
          no-bob: {finding: bob is not certified, source: here, severity: stop, checked: [order], find: 'select(name == "bob") | "commonName"'}
          odd-carl: {finding: carl is odd, source: here, severity: warn, checked: [order], find: 'select(name == "carl") | "commonName"'}
          quiet-dora: {finding: dora is quiet, source: here, severity: accept, checked: [order], find: 'select(name == "dora") | "commonName"'}
          from-march: {finding: names end in March, source: here, severity: stop, from: 2027-03-01, checked: [order], find: 'select(name == "ada") | "commonName"'}
          domain: {finding: the domain is another CA's, source: here, severity: stop, checked: [order], find: '.caa[]? | select(.issuers == ["other.example"]) | .domain'}
          short: {finding: the serial number is short, source: here, severity: stop, checked: [certificate], find: 'select(.certificate.serialBits < 64) | "serialNumber"'}
        """

    init() async throws {
        gateway = try await TestGateway()
        folder = try TemporaryFolder()
        try folder.write(Self.rules, to: "own.yaml")
        for name in ["ada", "bob", "carl", "dora"] { try await gateway.put(name, TestGateway.attributes(name)) }
    }

    /// - Parameter policy: members of the backend CA's `rules`.
    private func desk(_ policy: String = "", caa: CAALookup? = nil) throws -> RuleDesk {
        let configuration = try ConfigurationReader.read(
            """
            backendCAs: [{name: main, connector: scripted, acceptedRoots: /r.pem, rules: {\(policy)}}]
            templates: [{name: smime, group: \(TestGateway.group), backendCA: main, product: p, key: p256, delivery: none}]
            """, file: "test")
        let profile = try ConnectorProfile.read(
            "{connector: scripted, title: S, module: scripted, products: [{id: p, title: P, smime: {type: sponsor}}]}",
            file: "scripted.yaml")
        return RuleDesk(
            RuleShelf(RuleFiles(folders: [folder.path])), caa: caa, configuration: configuration,
            profile: { _ in profile })
    }

    private func plan(_ policy: String = "", caa: CAALookup? = nil) async throws -> PlanSummary {
        let template = try TestGateway.template()
        return try await gateway.planner.plan(
            template, product: nil,
            rules: try desk(policy, caa: caa).rules(for: template, at: gateway.clock.now()))
    }

    @Test func whoseOrderWouldBreakARuleIsLeftOutWithTheReason() async throws {
        let summary = try await plan()
        #expect(summary.skippedByReason == ["rule no-bob: commonName: bob is not certified (here)": 1])
        #expect(summary.toOrder == 3)
        let warnings = summary.warnings.filter { $0.contains("rule") }
        #expect(warnings == ["template smime, 1 person to order for: rule odd-carl: commonName: carl is odd (here)"])
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 10) == 3)
        #expect(try await gateway.ledger.orders().map(\.subscriberID).sorted() == ["ada", "carl", "dora"])
    }

    /// What an administrator decides for the CA takes effect with the next plan, for people who have not changed, too.
    @Test func anAdministratorDecidesByRuleAndBySeverity() async throws {
        #expect(try await plan().toOrder == 3)
        let strict = try await plan("warn: stop, quiet-dora: warn, no-bob: accept")
        #expect(strict.evaluated == 4)
        #expect(strict.skippedByReason.keys.sorted() == ["rule odd-carl: commonName: carl is odd (here)"])
        #expect(strict.warnings.contains { $0.contains("dora is quiet") } && strict.toOrder == 3)
    }

    @Test func aRuleCountsFromItsFirstDay() async throws {
        #expect(try await plan().toOrder == 3)
        #expect(try await plan().evaluated == 0)
        gateway.clock.advance(60 * 86_400)
        let later = try await plan()
        #expect(later.evaluated == 4 && later.toOrder == 2)
        #expect(later.skippedByReason["rule from-march: commonName: names end in March (here)"] == 1)
    }

    /// An order may have waited for days; the rules of the day on which it leaves count.
    @Test func anOrderThatBreaksARuleWhenItWouldLeaveIsWithdrawn() async throws {
        _ = try await plan()
        _ = try await gateway.planner.order(TestGateway.template(), limit: 10)
        let order = try #require(try await gateway.ledger.orders().first { $0.subscriberID == "ada" })
        let desk = try desk()
        let clock = gateway.clock
        let eligibility = Eligibility(
            mirror: gateway.mirror, template: { _ in try? TestGateway.template() }, product: { _ in nil },
            rules: { try desk.rules(for: $0, at: clock.now()) })
        #expect(try await eligibility.verdict(on: order) == .fits)
        clock.advance(60 * 86_400)
        #expect(
            try await eligibility.verdict(on: order)
                == .withdraw("rule from-march: commonName: names end in March (here)"))
        // A certificate that is there is delivered all the same.
        #expect(try await eligibility.recipient(of: order) == .person(userPrincipalName: "ada@example.test"))
    }

    /// One domain of many people is asked about once, and not at all where the answer would not be looked at.
    @Test func domainsAreAskedAboutOnce() async throws {
        let resolver = Resolver(["other.example"])
        for name in ["eve", "fay"] {
            try await gateway.put(
                name,
                [
                    "userPrincipalName": .string("\(name)@example.org"), "displayName": .string(name),
                    "mail": .string("\(name)@example.org"), "accountEnabled": true,
                ])
        }
        let summary = try await plan(caa: CAALookup(resolver))
        #expect(summary.skippedByReason["rule domain: example.org: the domain is another CA's (here)"] == 2)
        #expect(resolver.count == 1)
        let silent = Resolver(["other.example"])
        #expect(try await plan("domain: accept", caa: CAALookup(silent)).toOrder == 5)
        #expect(silent.count == 0)
    }

    /// - Returns: the order after a CA has issued a certificate with a serial number of one octet.
    private func issued(_ policy: String) async throws -> Order {
        gateway.ca.onEnroll { ca, request in try ca.issue(request) { $0.serialNumber = SerialNumber([77]) } }
        let id = try await gateway.plan("zoe")
        let desk = try desk(policy)
        let clock = gateway.clock
        try await gateway.engine {
            $0.brokenRules = { try desk.problems(of: $0, for: $1, at: clock.now()) }
        }.work(until: nil)
        return try await gateway.order(id)
    }

    @Test func aCertificateThatBreaksARuleIsRemarked() async throws {
        let order = try await issued("")
        #expect(order.stage == .active)
        let message = try await gateway.ledger.events(order.id).first { $0.kind == "issued" }?.message ?? ""
        #expect(message.contains("rule short: serialNumber: the serial number is short (here)"), "\(message)")
    }

    @Test func aCertificateThatBreaksARuleIsHeldWhereThatIsWanted() async throws {
        let order = try await issued("issued: hold")
        #expect(order.holdReason?.contains("rule short: serialNumber") == true)
        #expect(order.certificateID == nil)
    }

    /// Only what stops is held; what an administrator accepts is not even said.
    @Test func whatIsAcceptedHoldsNothing() async throws {
        let order = try await issued("issued: hold, short: accept")
        #expect(order.stage == .active)
        let message = try await gateway.ledger.events(order.id).first { $0.kind == "issued" }?.message ?? ""
        #expect(!message.contains("rule"), "\(message)")
    }

    /// Nothing is ordered by rules that nobody can read.
    @Test func brokenRuleFilesStopOrders() async throws {
        try folder.write("rules: [", to: "broken.yaml")
        let template = try TestGateway.template()
        let error = #expect(throws: EnrollmentError.self) {
            try desk().rules(for: template, at: gateway.clock.now())
        }
        #expect(error?.message.contains("broken.yaml:") == true, "\(error?.message ?? "")")
    }
}

/// Answers that every domain names these issuers.
private final class Resolver: CAAResolver {
    private let issuers: [String]
    private let asked = Mutex(0)
    var count: Int { asked.withLock { $0 } }
    init(_ issuers: [String]) { self.issuers = issuers }
    func records(of name: String, within limit: Int) -> CAAAnswer {
        asked.withLock { $0 += 1 }
        return .records(issuers.map { CAARecord(tag: "issuemail", value: $0) })
    }
}
