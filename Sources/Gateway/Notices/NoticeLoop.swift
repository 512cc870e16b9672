// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Notification
import Settings

/// The loop that tells people: posts what has happened, on the node that plans, and sends what is due, on every node. It waits for
/// nothing that issues, and nothing that issues waits for it.
struct NoticeLoop: Sendable {
    /// What the digest says; nil for none.
    typealias Digest = @Sendable (Gateway) async throws -> [String: String]

    private static let digestState = "notices.digest"

    let digest: Digest?

    /// Posts what is new.
    func read(_ gateway: Gateway, under lease: NodeLease) async throws {
        try await gateway.noticeReader.read()
        try await postDigest(gateway, lease)
    }

    /// Sends the next notice.
    ///
    /// - Returns: the pause before the next one; nil when nothing is due.
    func send(_ gateway: Gateway) async throws -> Duration? {
        guard try await gateway.tellsAnybody(), try await gateway.notices.isDue(at: gateway.ledger.clock.now()),
            let outcome = try await gateway.noticeDesk().next()
        else { return nil }
        return outcome.hasLeft ? .seconds(60) / (try gateway.notifications.perMinute) : .zero
    }

    /// Once a day, from the hour on that is configured. The first time nothing is told of the day before.
    func postDigest(_ gateway: Gateway, _ lease: NodeLease) async throws {
        guard let digest, let configuration = gateway.configuration.notifications else { return }
        let ledger = gateway.ledger
        let now = ledger.clock.now()
        let day = String((now - Double(configuration.digestHour) * 3600).ISO8601Format().prefix(10))
        let last = try await ledger.state(Self.digestState)?["day"]?.string
        guard last != day else { return }
        let values = last == nil ? nil : try await digest(gateway)
        try await ledger.database.write { connection in
            try lease.require(on: connection)
            if let values {
                try NoticeOutbox.post(
                    event: .digest, about: "day \(day)", to: .configured(subscriberID: nil),
                    values: values.merging(["day": day]) { $1 }, at: now, in: connection)
            }
            try OrderLedger.setState(Self.digestState, ["day": .string(day)], on: connection)
        }
    }
}
