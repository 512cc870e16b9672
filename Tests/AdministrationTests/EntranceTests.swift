// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
import Ledger
import PKIX
import Planning
import Records
import Settings
import Store
import Testing

/// Every use case that changes something asks for the right, and a refusal stands in the audit trail.
@Suite(.timeLimit(.minutes(5))) struct EntranceTests {
    private let office: Office
    private let gateway: Gateway
    private static let helpdesk = Caller(name: "bob@example.org", roles: [.helpdesk], origin: "by group CW-Helpdesk")
    private static let administrator = Caller(
        name: "ada@example.org", roles: [.administrator], origin: "by group CW-Admins")

    init() async throws {
        office = try await Office()
        gateway = try await office.gateway()
    }

    private func last() async throws -> AuditRecord? {
        try await office.ledger.audit.records(AuditFilter(), ListRequest(limit: 1)).items.first
    }

    /// - Parameter action: as its refusal stands in the trail.
    private func expectRefused(
        _ action: String, _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        await #expect(throws: AccessDenied.self, sourceLocation: sourceLocation) { try await body() }
        let record = try #require(try await last(), sourceLocation: sourceLocation)
        #expect(record.action == action && record.outcome == "refused", sourceLocation: sourceLocation)
        #expect(record.actor == "bob@example.org", sourceLocation: sourceLocation)
        #expect(record.origin == "helpdesk, by group CW-Helpdesk", sourceLocation: sourceLocation)
        #expect(
            record.reason.contains("this needs administrator; bob@example.org is helpdesk"),
            sourceLocation: sourceLocation)
    }

    @Test func whatMayNotBeDoneLeavesARecord() async throws {
        let order = try await office.order("ada", .submitted, hold: "in doubt")
        let planned = try await office.order("eve", .planned)
        let orders = OrderAdministration(office.ledger, caller: Self.helpdesk)
        try await expectRefused("cancel.order") { _ = try await orders.cancel(order.reference) }
        try await expectRefused("cancel.order") { _ = try await orders.cancelAbsent(order.reference) }
        try await expectRefused("miss.order") { _ = try await orders.declareAbsent(order.reference) }
        try await expectRefused("find.order") {
            _ = try await orders.declareFound(order.reference, caRequestID: "4711", gateway)
        }
        try await expectRefused("place.order") { _ = try await orders.again(order.reference, gateway) }
        try await expectRefused("retry.order") { _ = try await orders.retry(planned.reference) }
        try await expectRefused("place.order") {
            let wish = EnrollAdministration.Wish(people: ["ada@example.org"], template: "smime", because: "new")
            _ = try await EnrollAdministration(gateway, caller: Self.helpdesk).propose(wish)
        }
        try await expectRefused("grant.exception") {
            _ = try await ExceptionAdministration(gateway, caller: Self.helpdesk).add(
                ["ada"], template: "smime", .leaveOut, until: nil, because: "on leave")
        }
        try await expectRefused("start.incident") {
            var selection = CertificateSelection()
            selection.template = "smime"
            let incident = Incident(
                name: "leak", reason: .superseded, cause: "weak keys", actor: "bob", startedAt: Date(),
                deadline: Date() + 86_400, accepted: 0)
            _ = try await IncidentAdministration(gateway, caller: Self.helpdesk).preview(incident, selection)
        }
        try await expectRefused("change.incident") {
            _ = try await IncidentAdministration(gateway, caller: Self.helpdesk).pause("leak")
        }
        try await expectRefused("approve.plan") {
            _ = try await PlanAdministration(gateway, caller: Self.helpdesk).approve(orders: 1)
        }
        try await expectRefused("deny.plan") {
            _ = try await PlanAdministration(gateway, caller: Self.helpdesk).deny(
                fingerprint: "f", because: "no", isDryRun: false)
        }
        try await expectRefused("apply.configuration") {
            _ = try await CASwitchAdministration(gateway, caller: Self.helpdesk).begin(
                CASwitchRequest(template: "smime", backendCA: "other"), isDryRun: true)
        }
        try await expectRefused("apply.configuration") {
            _ = try await ConfigurationAdministration(office.home, office.profiles, caller: Self.helpdesk).apply(
                "limits: {ordersPerRun: 1}", file: "f", prunes: false, isDryRun: false)
        }
        #expect(try await office.store.configuration().limits.ordersPerRun == 500)
    }

    /// An incident without certificates would look like one that has nothing to do.
    @Test(arguments: [("smim", nil), (nil, "mian")] as [(String?, String?)])
    func anIncidentIsOfATemplateAndCAThatThereAre(_ template: String?, _ backendCA: String?) async throws {
        let gateway = try await office.gateway()
        var selection = CertificateSelection()
        selection.template = template
        selection.backendCA = backendCA
        let incident = Incident(
            name: "leak", reason: .superseded, cause: "weak keys", actor: "eve", startedAt: Date(),
            deadline: Date() + 86_400, accepted: 0)
        let administration = IncidentAdministration(gateway, caller: .commandLine("eve"))
        let meant = selection
        await #expect(throws: SettingsError.self) { _ = try await administration.preview(incident, meant) }
    }

    @Test func whatConcernsCertificatesLeavesARecord() async throws {
        try await office.issue("ada", by: (office.root, office.rootKey), at: office.ledger.clock.now(), .active)
        let record = try #require(try await office.ledger.certificates().first)
        let actions = CertificateActions(office.ledger, gateway.mirror, caller: Self.helpdesk)
        try await expectRefused("revoke.certificate") {
            _ = try await actions.revoke([record], reason: .superseded, cause: "so", delay: nil)
        }
        try await expectRefused("withdraw.certificate") { _ = try await actions.withdraw([record], cause: "so") }
        try await expectRefused("undo.revocation") { _ = try await actions.change([record], .undo) }
        try await expectRefused("replace.order") {
            _ = try await OrderAdministration(office.ledger, caller: Self.helpdesk).replace(
                record, gateway, because: "so")
        }
        #expect(try await office.ledger.standingActions(certificateIDs: [record.id]).isEmpty)
    }

    @Test func whatHelpdeskMayIsDoneByItsRightAndNotInTheNameOfTheService() async throws {
        let order = try await office.order("ada", .submitted, hold: "in doubt")
        _ = try await OrderAdministration(office.ledger, caller: Self.helpdesk).retry(order.reference)
        let record = try #require(try await last())
        #expect(record.action == "retry.order" && record.outcome == "done")
        #expect(record.actor == "bob@example.org" && record.origin == "helpdesk, by group CW-Helpdesk")
    }

    @Test func aRefusalForTheStateOfThingsLeavesARecordToo() async throws {
        await #expect(throws: SettingsError.self) {
            _ = try await ExceptionAdministration(gateway, caller: Self.administrator).end("ada", template: "smime")
        }
        #expect(try await last()?.action == "end.exception")
        await #expect(throws: Obstacle.self) {
            _ = try await CASwitchAdministration(gateway, caller: Self.administrator).back(
                "smime", pace: .renewal, isOffline: true, isDryRun: false)
        }
        #expect(try await last()?.outcome == "refused")
        let count = try await office.ledger.audit.lastNumber()
        await #expect(throws: Obstacle.self) {
            _ = try await CASwitchAdministration(gateway, caller: Self.administrator).back(
                "smime", pace: .renewal, isOffline: true, isDryRun: true)
        }
        #expect(try await office.ledger.audit.lastNumber() == count, "a dry run leaves none")
    }
}
