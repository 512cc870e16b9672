// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX
import TestSupport
import Testing

@testable import AdminAPI
@testable import Administration
@testable import Ledger
@testable import Planning
@testable import Settings

/// What the document tells of answers, and what answers are.
@Suite struct AnswerFormTests {
    /// Members whose form the document leaves open, each with its reason; everything else has a form.
    private static let open: [String: String] = [
        "AuditRecord.before": "each action notes what it concerns",
        "AuditRecord.after": "each action notes what it concerns",
        "CASwitch.former.*": "a value of the configuration, whose own JSON Schema tells it",
        "CASwitch.next.*": "a value of the configuration, whose own JSON Schema tells it",
        "ConfigurationChange.differences[].new": "a value of the configuration, whose own JSON Schema tells it",
        "ConfigurationChange.differences[].old": "a value of the configuration, whose own JSON Schema tells it",
        "ConnectorSetting.default": "a value of the setting's own type",
        "IncidentTerms.selection.*": "as it was asked for, by a command or the API",
        "Operation.result": "each kind of work has its own",
        "OrderEvent.data": "what a connector's profile notes",
        "Setting.value": "a value of the configuration, whose own JSON Schema tells it",
        "SwitchReport.former.*": "a value of the configuration, whose own JSON Schema tells it",
        "SwitchReport.next.*": "a value of the configuration, whose own JSON Schema tells it",
        "TemplateDetails.document": "a part of the configuration, whose own JSON Schema tells it",
        "getDocument.paths.*": "the document itself, whose form OpenAPI tells",
    ]

    @Test func everyAnswerHasAForm() {
        var found: Set<String> = []
        for operation in APIOperation.all {
            guard let schema = operation.answer.schema else { continue }
            found.formUnion(Self.untyped(schema, operation.id))
        }
        #expect(found.sorted() == Self.open.keys.sorted())
    }

    /// Where a form leaves open what stands there, by the nearest name.
    private static func untyped(_ schema: APISchema, _ place: String) -> Set<String> {
        switch schema {
        case .any: [place]
        case .named(let name, let inner): untyped(inner, name)
        case .nullable(let inner): untyped(inner, place)
        case .list(let inner, _): untyped(inner, place + "[]")
        case .map(let inner): untyped(inner, place + ".*")
        case .object(let fields, _):
            fields.reduce(into: []) { $0.formUnion(untyped($1.schema, "\(place).\($1.name)")) }
        case .oneOf(let schemas): schemas.reduce(into: []) { $0.formUnion(untyped($1, place)) }
        case .boolean, .integer, .number, .text, .formatted, .word, .matching, .words: []
        }
    }

    /// Everything that a form does not tell of a value, or tells otherwise.
    private static func untold(_ value: JSONValue, _ schema: APISchema, _ place: String = "") -> [String] {
        switch schema {
        case .named(_, let inner): return untold(value, inner, place)
        case .nullable(let inner): return value.isNull ? [] : untold(value, inner, place)
        case .list(let inner, _): return (value.array ?? []).flatMap { untold($0, inner, place + "[]") }
        case .map(let inner): return (value.object ?? [:]).flatMap { untold($0.value, inner, "\(place).\($0.key)") }
        case .object(let fields, _):
            return (value.object ?? [:]).flatMap { name, member in
                guard let field = fields.first(where: { $0.name == name }) else { return ["\(place).\(name)"] }
                return untold(member, field.schema, "\(place).\(name)")
            }
        default: return schema.faults(value).map { "\(place): \($0.detail)" }
        }
    }

    private static func expectTold(_ value: JSONValue, _ schema: APISchema, _ what: String) {
        #expect(schema.faults(value).map { "\($0.pointer) \($0.detail)" } == [], "\(what)")
        #expect(untold(value, schema).sorted() == [], "\(what)")
    }

    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let price = Money("18.50 EUR")

    @Test func whatPlansSayIsTold() throws {
        var summary = PlanSummary(
            template: "smime", counts: [.covered: 3], evaluated: 4, skippedByReason: ["no address": 1], warnings: ["w"])
        summary.actions = [.order: 2]
        summary.price = price
        let names = RequestedNames(commonName: "Ada", emails: ["ada@example.test"], hosts: ["www.example.test"])
        Self.expectTold(names.json, .names, "names")
        let template = PlanOverview.Template(
            summary: summary, people: PeopleCount(), concerns: [:], toOrder: [], waiting: [], ended: [], leftOut: [],
            toEnd: [])
        let month = Spending(month: CalendarMonth(of: now), templates: ["smime": MoneySum(price, times: 2)])
        let overview = PlanOverview(
            templates: [template], unknown: [UnplannedTemplate("boxes", reason: "Exchange is away")],
            unplanned: ["old": 1], problems: ["p"],
            isStopped: false,
            kept: [PlanOverview.Kept(backendCA: "ca", orders: 1, reason: "r")], waiting: ["w"], allowed: 1,
            spending: month, budget: price, overBudget: nil, overLimits: ["o"])
        var value = CurrentPlan(
            overview: overview, planned: PlannedOrders(json: nil),
            consent: OrderConsent(actor: "ada", grantedAt: now, orders: 2, cost: MoneySum(price))
        ).json
        value["actions"] = []
        Self.expectTold(value, .plan, "plan")
    }

    @Test func whatIncidentsAndSwitchesSayIsTold() {
        var incident = Incident(
            name: "i", reason: .superseded, cause: "c", actor: "ada", startedAt: now, deadline: now + 60, accepted: 2)
        incident.wave = 5
        incident.selection = ["backendCA": "old"]
        Self.expectTold(incident.json, .incidentTerms, "incident")
        let item = IncidentItem(
            place: 1, certificateID: 2, orderID: 3, template: "smime", subscriberID: "s", userPrincipalName: "u",
            serialNumber: "0a", proof: .mustClick, changedAt: now)
        Self.expectTold(item.json, .incidentItem, "item")

        let change = CASwitch(
            template: "smime", former: ["backendCA": "a"], next: ["backendCA": "b"], pace: .now, from: now,
            overlapDays: 3, actor: "ada", askedAt: now, begunAt: nil)
        Self.expectTold(
            CASwitchStanding(change: change, certificates: [("a, product p", 2)], open: []).json, .caSwitch, "switch")
        var report = CASwitchReport(state: .dryRun, change: change)
        var people = SwitchForecast()
        people.refused.add("ada@example.test", "is refused", atMost: 5)
        people.renewals = ["2027-03": 2]
        report.people = people
        report.differences = [.init(topic: "t", former: "a", next: "b")]
        report.newRules = [.init(id: "r", severity: "refuses", finding: "f")]
        Self.expectTold(report.json, .switchReport, "report of a switch")
    }

    @Test func whatOrdersAndCostsSayIsTold() async throws {
        let served = try await ServedGateway()
        try await served.order(["ada"])
        let order = try #require(await served.gateway.ledger.orders(OrderFilter(limit: 1)).first)
        var released = ReleasedOrders()
        released.released = [.init(order: order, before: order)]
        Self.expectTold(try #require(released.json["released"]?.array?.first), .releasedOrder, "released")
        let exception = EnrollmentException(
            template: "smime", subscriberID: "s", userPrincipalName: "u", kind: .leaveOut, until: now, cause: "c",
            actor: "ada", createdAt: now)
        Self.expectTold(exception.json(at: now), .exceptionTerms, "exception")
        let answer = PersonAnswer.Answer(
            template: "smime", standing: nil, order: order, certificate: nil, exception: exception,
            delivery: "faulty", at: now, sentences: ["s"])
        let form = try #require(APISchema.personAnswer.fields.first { $0.name == "templates" }?.schema)
        Self.expectTold([answer.json], form, "answer about a person")
        let costs = OrderCosts(template: "smime", backendCA: "ca", product: "p", price: price, state: .issued, count: 2)
        let month = CalendarMonth(of: now)
        let report = CostReport(
            [(month, [costs])], .all, from: month, to: month, Spending(month: month), budget: price)
        Self.expectTold(report.json, .costs, "costs")
        let result = ConfigurationResult(
            changes: [.init(section: "templates", name: "smime", kind: .added, body: nil, differences: [])],
            stranded: [],
            warnings: [])
        Self.expectTold(result.json, .list(.configurationChange), "changes")
    }
}
