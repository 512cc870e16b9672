// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Foundation
import JSONDocuments
public import Ledger
import MailTransport
import Records
public import Settings
import Store

/// Reads what has happened and posts what people are to be told of it, so that nothing that does something has to think of telling.
///
/// It has three sources: the news that the ledger leaves for it, the audit trail from where it last stopped, and the ends of
/// certificates. What it has read and what it posts are written by one transaction, under a right that one node at a time has: each
/// thing is posted once, however often a process ends. What lies back when it begins for the first time is told to nobody, and so is
/// what has become known late, as with a restored database.
///
/// The right is not that of planning: a node that does not plan may be the last one at work, and what it has done is told by then.
public struct NoticeReader: Sendable {
    /// The right to read, which is held no longer than that takes.
    static let right = "notices"
    /// How long whoever must not leave anything untold waits for another node that reads: the right of one that is dead has ended by
    /// then.
    public static let turn = OrderLedger.silence + .seconds(5)

    private static let position = "notices.audit"
    private static let horizon = "notices.expiring"
    /// News that are read at once.
    private static let batch = 200

    let ledger: OrderLedger
    let configuration: NotificationConfiguration?
    let node: String
    let isAlone: Bool
    /// How long before the end of a certificate whoever has requested it is reminded, by template.
    let reminders: [String: TimeInterval]

    /// - Parameters:
    ///   - configuration: nil: nobody is told anything, and what happens meanwhile is not told later.
    ///   - node: who reads.
    ///   - isAlone: whether no other node can be at work.
    ///   - reminders: of the templates for requests, how long before the end of a certificate whoever has requested it is reminded.
    public init(
        _ ledger: OrderLedger, _ configuration: NotificationConfiguration?, by node: String, isAlone: Bool,
        reminders: [String: TimeInterval] = [:]
    ) {
        (self.ledger, self.configuration, self.node, self.isAlone) = (ledger, configuration, node, isAlone)
        self.reminders = reminders
    }

    /// Reads until nothing new is there. Costs three reads where nothing is.
    ///
    /// - Parameter patience: how long to wait while another node reads; it reads what is there now, or may have been past it.
    /// - Returns: false where another node was still at it.
    /// - Throws: `StoreError`.
    @discardableResult
    public func read(waiting patience: Duration = .zero) async throws -> Bool {
        let clock = ledger.clock
        let end = clock.uptime() + patience
        while try await isBehind() {
            if let lease = try await ledger.lease(
                Self.right, owner: node, for: OrderLedger.silence, force: isAlone)
            {
                do {
                    try await read(under: lease)
                } catch LedgerError.notInCharge {
                    // This node stood still for so long that another one has gone on.
                    continue
                } catch {
                    try? await ledger.release(lease)
                    throw error
                }
                try await ledger.release(lease)
            } else {
                guard clock.uptime() < end else { return false }
                try await clock.sleep(for: .seconds(1))
            }
        }
        return true
    }

    /// Whether there is something that nobody has read.
    private func isBehind() async throws -> Bool {
        if try await !ledger.news(limit: 1).isEmpty { return true }
        guard let start = try await trailPosition() else { return true }
        if try await !ledger.audit.records(after: start, limit: 1).isEmpty { return true }
        return try await ends() != nil
    }

    private func read(under lease: NodeLease) async throws {
        while try await readNews(lease) == Self.batch {}
        try await readTrail(lease)
        try await readEnds(lease)
    }

    /// The database is an older copy: what it is about to tell may have been told since, and is told to nobody. What happens from here
    /// on is told as after a first start.
    ///
    /// - Throws: `StoreError`.
    public static func beginAnew(_ ledger: OrderLedger, because reason: String) async throws {
        let now = ledger.clock.now()
        try await ledger.database.write { connection in
            try Notices.drop(reason, at: now, on: connection)
            try OrderNews.removeAll(on: connection)
            try OrderLedger.setState(position, nil, on: connection)
            try OrderLedger.setState(horizon, nil, on: connection)
        }
    }

    /// - Returns: how many news were read.
    private func readNews(_ lease: NodeLease) async throws -> Int {
        let news = try await ledger.news(limit: Self.batch)
        guard !news.isEmpty else { return 0 }
        let now = ledger.clock.now()
        let told = configuration == nil ? [] : news.compactMap { Self.post(of: $0, at: now) }
        return try await ledger.database.write { connection in
            try lease.require(on: connection)
            for notice in told { try notice.post(at: now, in: connection) }
            try OrderNews.remove(news, on: connection)
            return news.count
        }
    }

    /// What is to be told of one piece of news; nil for what is past or nobody's business.
    static func post(of news: OrderNews, at now: Date) -> NewNotice? {
        let order = news.order
        guard order.request["requester"] == nil || news.kind != .waiting,
            news.at > now - NoticeDesk.patience
        else { return nil }
        var values = [
            "person": order.userPrincipalName, "template": order.template, "reference": order.reference,
            "backendCA": order.backendCA,
        ]
        if let certificate = news.certificate {
            values["addresses"] = certificate.emailAddresses.joined(separator: ", ")
            values["serial"] = certificate.serialNumber
            values["notAfter"] = day(certificate.notAfter)
        } else {
            values["addresses"] = order.userPrincipalName
        }
        let once = "order \(order.reference)"
        let each = "\(once) event \(news.sequence)"
        if let request = order.requestReference {
            values["request"] = request
            values["name"] = RequestedNames(json: order.names).hosts.joined(separator: ", ")
        }
        switch news.kind {
        case .active where order.requestReference != nil:
            return NewNotice(.requestIssued, once, order.subscriberID, values)
        case .active:
            // One that was found after a restore is nothing new to its owner. By the order and not by today: where the CA was away, what it
            // had issued comes days later, and nobody has been told of it yet.
            guard let certificate = news.certificate, certificate.notBefore > order.createdAt - NoticeDesk.patience
            else {
                return nil
            }
            // The greeting takes the name of the directory.
            values["person"] = nil
            return NewNotice(order.replaces == nil ? .issued : .renewed, once, order.subscriberID, values)
        case .waiting:
            values["person"] = nil
            values["detail"] = order.detail ?? ""
            return NewNotice(.waiting, once, order.subscriberID, values)
        case .revoked:
            if order.requestReference == nil { values["person"] = nil }
            values["reason"] = order.detail ?? ""
            return NewNotice(.revoked, once, order.subscriberID, values)
        case .rejected, .failed, .held:
            values["reason"] = order.holdReason ?? order.detail ?? ""
            values["nextStep"] = "certway order show \(order.reference)"
            return NewNotice(.failed, each, order.subscriberID, values)
        }
    }

    /// Number of the last record that was read; nil before the first look.
    private func trailPosition() async throws -> Int64? {
        try await ledger.state(Self.position)?["number"]?.int.map(Int64.init)
    }

    private func readTrail(_ lease: NodeLease) async throws {
        let now = ledger.clock.now()
        guard let start = try await trailPosition() else {
            let last = try await ledger.audit.lastNumber()
            return try await ledger.database.write { connection in
                try lease.require(on: connection)
                try OrderLedger.setState(Self.position, ["number": JSONValue(Int(last))], on: connection)
            }
        }
        let records = try await ledger.audit.records(after: start, limit: 1000)
        guard let last = records.last else { return }
        let isTold = configuration != nil
        let told = records.filter { isTold && $0.at > now - NoticeDesk.patience }.compactMap(Self.post)
        try await ledger.database.write { connection in
            try lease.require(on: connection)
            for notice in told { try notice.post(at: now, in: connection) }
            try OrderLedger.setState(Self.position, ["number": JSONValue(Int(last.number))], on: connection)
        }
    }

    /// What is to be told of a record of the audit trail; nil for most.
    static func post(of record: AuditRecord) -> NewNotice? {
        guard record.outcome == AuditOutcome.done.rawValue, let action = AuditAction(rawValue: record.action) else {
            return nil
        }
        let request = [
            "request": record.objectID, "reason": record.reason, "actor": record.actor,
            "name": record.after?["name"]?.string ?? record.objectID, "requester": record.person ?? record.actor,
            "since": record.at.ISO8601Format(),
        ]
        switch action {
        case .startIncident:
            return NewNotice(
                .incident, "incident \(record.objectID)", nil,
                ["name": record.objectID, "cause": record.reason, "actor": record.actor])
        case .submitRequest: return NewNotice(.requestReminder, "request \(record.objectID)", nil, request)
        case .approveRequest, .denyRequest:
            guard let requester = record.person, MailAddress(requester) != nil else { return nil }
            var values = request
            values["decision"] = action == .approveRequest ? "approved" : "denied"
            return NewNotice(
                .requestDecided, "request \(record.objectID)", to: .address(requester), values)
        default: return nil
        }
    }

    /// Between which moments ends of certificates have come near since the last look; nil within an hour of it.
    private func ends() async throws -> (from: Date, until: Date)? {
        let days = configuration?.expiringDays ?? 14
        let until = ledger.clock.now() + Double(days) * 86_400
        let known = try await ledger.state(Self.horizon)?["until"]?.number
        if let known, until.timeIntervalSince1970 - known < 3600, until.timeIntervalSince1970 >= known { return nil }
        // The first time nothing is told of what is near already.
        return (known.map { Date(timeIntervalSince1970: $0) } ?? until, until)
    }

    /// Certificates whose end has come near since the last look.
    private func readEnds(_ lease: NodeLease) async throws {
        let now = ledger.clock.now()
        guard let (from, until) = try await ends() else { return }
        let isTold = configuration != nil
        var requested: [NewNotice] = []
        for (template, notice) in isTold ? reminders : [:] {
            let ordered = try await ledger.orderedRequests(of: template, endingAfter: now)
            let ending = ordered.ending(after: now, until: now + notice)
            requested += ending.filter { $0.certificate.endIsNear(from: notice) <= now }.map {
                Self.reminder(of: $0.request, $0.certificate, at: now)
            }
        }
        let reminded = requested
        try await ledger.database.write { connection in
            try lease.require(on: connection)
            let near: [NewNotice] =
                try isTold
                ? connection.query(
                    """
                    SELECT c.id, c.template, c.subscriber_id, c.serial_number, c.not_after, c.email_addresses, o.reference \
                    FROM certificates c JOIN orders o ON o.id = c.order_id \
                    WHERE c.status = ? AND c.not_after > ? AND c.not_after <= ? \
                    AND c.subscriber_id NOT LIKE '\(SubmittedRequest.subscriberPrefix)%' ORDER BY c.not_after
                    """, [SQLValue(CertificateStatus.active), SQLValue(from), SQLValue(until)]
                ) { row -> NewNotice in
                    let addresses: JSONValue = try row["email_addresses"]
                    let end: Date = try row["not_after"]
                    return NewNotice(
                        .expiring, "certificate \(try row["id"] as Int64)", try row["subscriber_id"],
                        [
                            "addresses": (addresses.array ?? []).compactMap(\.string).joined(separator: ", "),
                            "template": try row["template"], "serial": try row["serial_number"],
                            "notAfter": Self.day(end),
                            "days": String(Int((end.timeIntervalSince(now) / 86_400).rounded())),
                            "reference": try row["reference"],
                        ])
                } : []
            for notice in near + reminded { try notice.post(at: now, in: connection) }
            try OrderLedger.setState(
                Self.horizon, ["until": JSONValue(Int(until.timeIntervalSince1970))], on: connection)
        }
    }

    private static func reminder(
        of request: SubmittedRequest, _ certificate: CertificateRecord, at now: Date
    ) -> NewNotice {
        NewNotice(
            .requestExpiring, "certificate \(certificate.id)", request.subscriberID,
            [
                "person": request.requester, "name": request.hosts.joined(separator: ", "),
                "request": request.reference,
                "notAfter": day(certificate.notAfter), "serial": certificate.serialNumber, "template": request.template,
                "days": String(Int((certificate.notAfter.timeIntervalSince(now) / 86_400).rounded())),
            ])
    }

    static func day(_ date: Date) -> String { String(date.ISO8601Format().prefix(10)) }
}
