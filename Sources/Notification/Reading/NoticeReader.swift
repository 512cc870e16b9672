// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

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
public struct NoticeReader: Sendable {
    private static let position = "notices.audit"
    private static let horizon = "notices.expiring"
    /// News that are read at once.
    private static let batch = 200

    let ledger: OrderLedger
    let configuration: NotificationConfiguration?
    let lease: NodeLease

    /// - Parameter configuration: nil: nobody is told anything, and what happens meanwhile is not told later.
    public init(_ ledger: OrderLedger, _ configuration: NotificationConfiguration?, under lease: NodeLease) {
        (self.ledger, self.configuration, self.lease) = (ledger, configuration, lease)
    }

    /// One look at everything, until nothing new is there.
    ///
    /// - Returns: how many notices were posted.
    /// - Throws: `StoreError`, `LedgerError.notInCharge`.
    @discardableResult
    public func read() async throws -> Int {
        var posted = 0
        while true {
            let count = try await readNews()
            posted += count.posted
            if count.read < Self.batch { break }
        }
        return try await posted + readTrail() + readEnds()
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

    private func readNews() async throws -> (read: Int, posted: Int) {
        let news = try await ledger.news(limit: Self.batch)
        guard !news.isEmpty else { return (0, 0) }
        let now = ledger.clock.now()
        let told = configuration == nil ? [] : news.compactMap { Self.post(of: $0, at: now) }
        return try await ledger.database.write { [lease] connection in
            try lease.require(on: connection)
            let posted = try told.count { try $0.post(at: now, in: connection) }
            try OrderNews.remove(news, on: connection)
            return (news.count, posted)
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
        switch news.kind {
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
            values["person"] = nil
            values["reason"] = order.detail ?? ""
            return NewNotice(.revoked, once, order.subscriberID, values)
        case .rejected, .failed, .held:
            values["reason"] = order.holdReason ?? order.detail ?? ""
            values["nextStep"] = "certway order show \(order.reference)"
            return NewNotice(.failed, each, order.subscriberID, values)
        }
    }

    private func readTrail() async throws -> Int {
        let now = ledger.clock.now()
        let start = try await ledger.state(Self.position)?["number"]?.int
        guard let start else {
            let last = try await ledger.audit.lastNumber()
            try await ledger.database.write { [lease] connection in
                try lease.require(on: connection)
                try OrderLedger.setState(Self.position, ["number": JSONValue(Int(last))], on: connection)
            }
            return 0
        }
        let records = try await ledger.audit.records(after: Int64(start), limit: 1000)
        guard let last = records.last else { return 0 }
        let isTold = configuration != nil
        let told = records.filter { isTold && $0.at > now - NoticeDesk.patience }.compactMap(Self.post)
        return try await ledger.database.write { [lease] connection in
            try lease.require(on: connection)
            let posted = try told.count { try $0.post(at: now, in: connection) }
            try OrderLedger.setState(Self.position, ["number": JSONValue(Int(last.number))], on: connection)
            return posted
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

    /// Certificates whose end has come near since the last look.
    private func readEnds() async throws -> Int {
        let now = ledger.clock.now()
        let days = configuration?.expiringDays ?? 14
        let until = now + Double(days) * 86_400
        let known = try await ledger.state(Self.horizon)?["until"]?.number
        // Looked at once an hour; the first time nothing is told of what is near already.
        if let known, until.timeIntervalSince1970 - known < 3600, until.timeIntervalSince1970 >= known { return 0 }
        let from = known.map { Date(timeIntervalSince1970: $0) } ?? until
        let isTold = configuration != nil
        return try await ledger.database.write { [lease] connection in
            try lease.require(on: connection)
            let near: [NewNotice] =
                try isTold
                ? connection.query(
                    """
                    SELECT c.id, c.template, c.subscriber_id, c.serial_number, c.not_after, c.email_addresses, o.reference \
                    FROM certificates c JOIN orders o ON o.id = c.order_id \
                    WHERE c.status = ? AND c.not_after > ? AND c.not_after <= ? ORDER BY c.not_after
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
            let posted = try near.count { try $0.post(at: now, in: connection) }
            try OrderLedger.setState(
                Self.horizon, ["until": JSONValue(Int(until.timeIntervalSince1970))], on: connection)
            return posted
        }
    }

    static func day(_ date: Date) -> String { String(date.ISO8601Format().prefix(10)) }
}
