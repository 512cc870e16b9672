// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

/// How the CRLs of one issuer follow each other.
///
/// A number is the time in milliseconds; where the last one is ahead of that, because a clock was, numbers go on from it with the
/// time that has passed. So they rise even when the folder comes from a backup that does not know what was published since (Entra
/// refuses a list whose number has not risen).
struct CRLSeries: Sendable {
    /// Lists are dated back by this much, for devices whose clock is late; a clock may be set back by as much unnoticed.
    static let backdating: TimeInterval = 600

    let issuer: Certificate
    let key: PrivateKey
    /// For messages.
    let file: String

    /// When a list ends that is made now: its time counts from the date it bears.
    static func end(of lifetime: TimeInterval, from now: Date) -> Date { now - backdating + lifetime }

    /// Whether the next list is to be made: half the time between two is over, or the list promises another time.
    static func isDue(_ list: CertificateRevocationList, lifetime: TimeInterval, now: Date) -> Bool {
        guard let end = list.nextUpdate else { return true }
        return end < now - backdating + lifetime / 2 || end > now + lifetime
    }

    /// - Parameter known: the lists that may be the last one; the newest counts.
    /// - Throws: `ConnectorError` of kind `configuration` when the clock is behind the last list: a list dated back would be over
    ///   for everybody whose clock is right, and nothing here tells which clock was wrong.
    func next(
        after known: [CertificateRevocationList], entries: [CertificateRevocationList.Entry], now: Date,
        nextUpdate: Date, clockIsRight: Bool = false
    ) throws -> CertificateRevocationList {
        if let last = known.map(\.thisUpdate).max(), now < last, !clockIsRight {
            throw ConnectorError(
                .configuration,
                "the clock is behind \(file), which is dated \(last.ISO8601Format()): no list is signed with a "
                    + "clock that was set back; set it right, or, if it was wrong then and is right now, make lists with "
                    + "--clock-is-right ('certway ca crl', for the root 'certway ca root-crl')")
        }
        let time = Int((now.timeIntervalSince1970 * 1000).rounded(.down))
        let following = known.map { list in
            // In whole seconds, as dates are: so it is the same whether many lists were made meanwhile or none.
            let passed = Int(now.timeIntervalSince1970) - Int((list.thisUpdate + Self.backdating).timeIntervalSince1970)
            return (list.number ?? 0) + max(1, passed * 1000)
        }
        return try CertificateRevocationList.make(
            issuer: issuer, key: key, number: max(time, following.max() ?? 0),
            thisUpdate: now - Self.backdating, nextUpdate: nextUpdate, entries: entries)
    }
}
