// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Fulfilment
import HTTPTransport
import PKIX

/// Which of the certificates that were found are revoked, by what their CAs publish: an export of the former product lists those, too.
struct AdoptionRevocations {
    /// Questions at a time.
    private static let width = 4
    /// So many at one place that nobody could answer, and none before them, and the place is asked no more.
    private static let patience = 4

    /// When and where each revoked one was seen so, one sentence, by SHA-256 fingerprint.
    private(set) var sentences: [String: String] = [:]
    /// What could not be read, one sentence for each place.
    private(set) var problems: [String] = []

    /// Reads lists and asks responders; a list is read once for all.
    ///
    /// - Parameter issuers: where those that came with a certificate do not do.
    init(_ found: [FoundCertificate], issuers: [Certificate], _ http: any HTTPClient, now: Date) async {
        let reader = RevocationReader(http)
        let inForce = found.filter { $0.certificate.notAfter > now }
        let places = Dictionary(grouping: inForce) { one in
            (one.certificate.crlDistributionPoints + one.certificate.ocspURLs).first ?? ""
        }
        for (place, group) in places.sorted(by: { $0.key < $1.key }) where !place.isEmpty {
            var (answered, unread, why) = (0, 0, "")
            for start in stride(from: 0, to: group.count, by: Self.width) {
                let looks = await withTaskGroup { tasks in
                    for one in group[start...].prefix(Self.width) {
                        tasks.addTask {
                            (
                                one,
                                await reader.look(
                                    at: one.certificate, issuers: one.issuers + issuers, since: now, now: now)
                            )
                        }
                    }
                    return await tasks.reduce(into: []) { $0.append($1) }
                }
                for (one, finding) in looks {
                    switch finding {
                    case .revoked(let sight):
                        answered += 1
                        sentences[one.certificate.sha256Fingerprint] = sight.sentence
                    case .missing(let words, let wasRead):
                        if wasRead { answered += 1 } else { (unread, why) = (unread + 1, words) }
                    case .nowhere: break
                    }
                }
                guard answered > 0 || unread < Self.patience else {
                    unread = group.count
                    break
                }
            }
            if unread > 0 {
                problems.append("whether \(unread) of the certificates are revoked is not known: \(why)")
            }
        }
    }
}
