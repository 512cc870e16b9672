// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
import Foundation
public import Gateway
public import Ledger
import PKIX
import Planning
import Records
public import Settings
public import Store

/// Requests for servers' certificates: handed in with a key of one's own, agreed to where the template asks for that, ordered as all
/// others are, and fetched.
public struct RequestAdministration: Sendable {
    private let gateway: Gateway
    private let caller: Caller
    private var ledger: OrderLedger { gateway.ledger }

    /// - Parameter caller: who acts, for the record.
    public init(_ gateway: Gateway, caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// Templates that requests can be made by.
    ///
    /// - Throws: `AccessDenied`.
    public func offered() async throws -> [TemplateConfiguration] {
        try await entrance.require(.requestCertificate)
        return templates
    }

    private var templates: [TemplateConfiguration] { gateway.configuration.requestTemplates.filter(\.enabled) }

    /// What the rules of a template say of a request, and what is on record against it; keeps nothing.
    ///
    /// - Parameter template: nil for the only one there is.
    /// - Throws: `SettingsError` for what is no request, and for a template that there is not; `AccessDenied`.
    public func check(_ bytes: [UInt8], template name: String?) async throws -> RequestCheck {
        try await entrance.require(.requestCertificate)
        let (csr, template) = (try ReceivedRequest.read(bytes), try template(name))
        let check = try look(csr, by: template)
        guard check.isGood else { return check }
        return check.adding(obstacle: try await ledger.obstacle(toSubmitting: new(csr, template, check, because: "")))
    }

    /// Hands a request in. It is ordered at once where nobody has to agree, within the limits that hold for orders.
    ///
    /// - Parameters:
    ///   - template: nil for the only one there is.
    ///   - cause: what it is for, for whoever has to agree.
    /// - Throws: as `check`, and `SettingsError` for what its rules do not allow.
    public func submit(_ bytes: [UInt8], template name: String?, because cause: String) async throws -> RequestStanding
    {
        let wish = Entrance.Wish(.submitRequest, AuditObject(.request, name ?? ""), because: cause)
        let request = try await entrance.pass(.requestCertificate, to: wish, .all) {
            let csr = try ReceivedRequest.read(bytes)
            let template = try template(name)
            try await gateway.requireTime()
            let check = try look(csr, by: template)
            guard check.isGood else { throw SettingsError("request: \(check.objections)", at: .commandLine) }
            let needsApproval = template.requests?.approval ?? true
            let limits = gateway.configuration.limits
            let bounds = RequestBounds(
                budgets: SpendingBound.budgets(of: template, limits, at: ledger.clock.now()),
                perDay: template.limits.ordersPerRun ?? limits.ordersPerRun)
            return try await ledger.submit(
                new(csr, template, check, because: cause), within: bounds,
                ordering: needsApproval ? nil : order(template, check.names))
        }
        return try await standing(of: request)
    }

    private func new(
        _ csr: CertificateSigningRequest, _ template: TemplateConfiguration, _ check: RequestCheck,
        because cause: String
    ) -> NewRequest {
        NewRequest(
            template: template.name, requester: caller.name, requesterID: caller.owner?.text, hosts: check.names.hosts,
            keyType: check.keyType, csr: csr.der, reason: cause, renewableFor: template.renewableFor)
    }

    /// Agrees to a request: it is ordered. The rules are looked at once more, for they may be other ones by now.
    ///
    /// - Throws: `AccessDenied`, `LedgerError.notPossible` for one that is decided; `SettingsError` for what is not allowed any more.
    ///
    /// - Parameter isDryRun: whether to tell only that it could be.
    public func approve(_ word: String, because cause: String, isDryRun: Bool = false) async throws -> RequestStanding {
        try await change(word, .placeOrder, .approveRequest, cause, isDryRun) { request in
            let template = try template(request.template)
            try await gateway.requireTime()
            let check = try look(try CertificateSigningRequest(der: request.csr), by: template)
            guard check.isGood else {
                throw SettingsError("request \(request.reference): \(check.objections)", at: .state)
            }
            if isDryRun {
                try await ledger.requireOrderable(request, renewableFor: template.renewableFor)
                return request
            }
            return try await ledger.approve(
                request.id, by: caller.name, because: cause, renewableFor: template.renewableFor,
                ordering: order(template, check.names))
        }
    }

    /// Refuses a request.
    ///
    /// - Throws: `AccessDenied`, `LedgerError.notPossible` for one that is decided.
    public func deny(_ word: String, because cause: String, isDryRun: Bool = false) async throws -> RequestStanding {
        try await change(word, .placeOrder, .denyRequest, cause, isDryRun) { request in
            try request.requireWaiting()
            return isDryRun ? request : try await ledger.deny(request.id, by: caller.name, because: cause)
        }
    }

    /// Takes one's own request back, as long as nobody has decided on it.
    ///
    /// - Throws: as `deny`; somebody else's is not known.
    public func withdraw(_ word: String, isDryRun: Bool = false) async throws -> RequestStanding {
        try await change(word, .requestCertificate, .withdrawRequest, "", isDryRun) { request in
            guard request.isFrom(caller.name, caller.owner) else { throw Self.unknown(word) }
            try request.requireWaiting()
            return isDryRun ? request : try await ledger.withdrawRequest(request.id, by: caller.name)
        }
    }

    /// Has the certificate of one's own request revoked; where its CA cannot be asked to, a person there is told. Nothing leaves at once, so
    /// that it can be taken back.
    ///
    /// - Throws: `AccessDenied`; `LedgerError.notPossible` while there is no certificate, and for somebody else's request; `Obstacle` for a
    ///   certificate that is not in force.
    public func revoke(
        _ word: String, reason: RevocationReason, because cause: String, isDryRun: Bool
    ) async throws -> RequestStanding {
        let wish = Entrance.Wish(
            .revokeCertificate, AuditObject(.request, String(word.prefix(60))), because: cause)
        return try await entrance.pass(.requestCertificate, to: wish, isDryRun ? .byTheUseCase : .all) {
            let request = try await ledger.request(word)
            guard request.isFrom(caller.name, caller.owner) else { throw Self.unknown(word) }
            let standing = try await standing(of: request)
            guard let record = standing.certificate else {
                throw LedgerError.notPossible(
                    "request \(request.reference) has no certificate yet: \(standing.sentence)")
            }
            let outcomes = try await ManyCertificates(gateway, caller).ask(
                [record], reason: reason, cause: cause, delay: .seconds(10), isByHand: true, isDryRun: isDryRun)
            if let obstacle = outcomes.items.first?.obstacle { throw obstacle }
            return try await self.standing(of: request)
        }
    }

    /// Asks for the right before it tells whether there is such a request.
    private func change(
        _ word: String, _ permission: Permission, _ action: AuditAction, _ cause: String, _ isDryRun: Bool = false,
        _ body: (SubmittedRequest) async throws -> SubmittedRequest
    ) async throws -> RequestStanding {
        let wish = Entrance.Wish(action, AuditObject(.request, String(word.prefix(60))), because: cause)
        return try await entrance.pass(permission, to: wish, isDryRun ? .byTheUseCase : .all) {
            try await standing(of: try await body(try await ledger.request(word)))
        }
    }

    /// One's own requests; all of them for who may read orders.
    ///
    /// - Parameter isOwn: whether to show one's own alone in any case.
    /// - Throws: `AccessDenied`, `ListError`, `StoreError`.
    public func list(
        states: Set<SubmittedRequest.State>? = nil, template: String? = nil, isOwn: Bool = false,
        _ request: ListRequest = ListRequest()
    ) async throws -> ListPage<RequestStanding> {
        let seesAll = caller.may(.readOrders)
        if !seesAll { try await entrance.require(.requestCertificate) }
        let filter = RequestFilter(
            states: states, template: template, requester: seesAll && !isOwn ? nil : (caller.name, caller.owner?.text))
        let page = try await ledger.requests(filter, request)
        var standings = try await standings(of: page.items)[...]
        return page.map { _ in standings.removeFirst() }
    }

    /// - Throws: `LedgerError.notPossible` for one that there is not, or that is somebody else's.
    public func show(_ word: String) async throws -> RequestStanding { try await standing(of: try await own(word)) }

    /// The certificate, and those above it where they are wanted, as PEM.
    ///
    /// - Returns: beside it what whoever is about to use it has to know: that it is revoked, since when and why; nil for nothing.
    /// - Throws: as `show`, and `LedgerError.notPossible` while there is none.
    public func fetch(_ word: String, withChain: Bool) async throws -> (pem: String, warning: String?) {
        let standing = try await show(word)
        guard let record = standing.certificate else {
            throw LedgerError.notPossible(
                "request \(standing.request.reference) has no certificate yet: \(standing.sentence)")
        }
        let pem = try (withChain ? record.certificates : [Certificate(der: record.der)]).map(\.pem).joined()
        return (pem, try await warning(of: record))
    }

    private func warning(of record: CertificateRecord) async throws -> String? {
        guard record.status == .revoked else { return nil }
        // The event says it whoever has revoked: a person, the planner, or the CA by itself.
        let event = try await ledger.events(record.orderID).last { $0.kind == "revoked" }
        let since = event.map { " since \($0.at.ISO8601Format())" } ?? ""
        let reason = event?.data["reason"]?.string.map { " (\($0))" } ?? ""
        return "certificate \(record.serialNumber) is revoked\(since)\(reason)"
            + (event.map { ": \($0.message)" } ?? "")
    }

    private var entrance: Entrance { Entrance(caller, ledger.audit) }

    /// Somebody else's request looks as if there were none.
    private func own(_ word: String) async throws -> SubmittedRequest {
        let seesAll = caller.may(.readOrders)
        if !seesAll { try await entrance.require(.requestCertificate) }
        let request = try await ledger.request(word)
        guard seesAll || request.isFrom(caller.name, caller.owner) else {
            throw Self.unknown(word)
        }
        return request
    }

    private static func unknown(_ word: String) -> LedgerError {
        .notPossible("there is no request \(word): 'certway request list' shows them")
    }

    private func template(_ name: String?) throws -> TemplateConfiguration {
        let names = templates.map(\.name)
        guard let name else {
            guard let only = templates.first, names.count == 1 else {
                throw SettingsError(
                    names.isEmpty
                        ? "no template takes requests: add one with for: requests"
                        : "say by which template: \(names.joined(separator: ", "))", at: .commandLine)
            }
            return only
        }
        guard let template = templates.first(where: { $0.name == name }) else {
            throw SettingsError.unknown("template for requests", name, names)
        }
        return template
    }

    private func look(_ csr: CertificateSigningRequest, by template: TemplateConfiguration) throws -> RequestCheck {
        RequestCheck(csr, template, gateway.backends.product(of: template))
    }

    private func order(
        _ template: TemplateConfiguration, _ names: RequestedNames
    ) -> @Sendable (SubmittedRequest) throws -> NewOrder {
        { NewOrder(template, requested: $0, names: names) }
    }

    private func standing(of request: SubmittedRequest) async throws -> RequestStanding {
        try await standings(of: [request])[0]
    }

    private func standings(of requests: [SubmittedRequest]) async throws -> [RequestStanding] {
        let (outcomes, now) = (try await ledger.outcomes(of: requests), ledger.clock.now())
        var standings = requests.map { request in
            let notice = (gateway.configuration.template(request.template)?.requests ?? RequestPolicy()).renewableFor
            let outcome = outcomes[request.id]
            return RequestStanding(
                request: request, order: outcome?.order, certificate: outcome?.certificate,
                remindsFrom: outcome?.certificate?.endIsNear(from: notice), now: now)
        }
        // Nearly always there are none.
        for template in Set(standings.filter(\.isToRenew).map(\.request.template)) {
            var newest = try await ledger.orderedRequests(of: template, endingAfter: now).newest
            for waiting in try await ledger.waitingRequests(of: template) {
                newest[Set(waiting.hosts)] = max(newest[Set(waiting.hosts)] ?? 0, waiting.id)
            }
            for index in standings.indices where standings[index].request.template == template {
                let request = standings[index].request
                standings[index].isFollowed = (newest[Set(request.hosts)] ?? 0) > request.id
            }
        }
        return standings
    }
}
