// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import PKIX

/// What the gateway remembers of a CA of its own, apart from the CA's folder.
struct AuthorityMark: Equatable {
    /// The list of one key.
    struct List: Equatable {
        var number: Int
        /// Certificates on it for good, without those on hold.
        var revoked: Int
    }

    /// By issuer.
    var lists: [String: List] = [:]
    /// Serial numbers on hold, by issuer.
    var onHold: [String: [String]] = [:]
    var issued = 0
    var isRetired = false

    init(_ state: AuthorityState) {
        for list in state.lists {
            let held = list.entries.filter(\.isOnHold)
            lists["\(list.issuer)"] = List(number: list.number ?? 0, revoked: list.entries.count - held.count)
            if !held.isEmpty { onHold["\(list.issuer)"] = held.map(\.serialNumber.hex).sorted() }
        }
        (issued, isRetired) = (state.issued, state.isRetired)
    }

    init(json: JSONValue) {
        lists = (json["lists"]?.object ?? [:]).mapValues {
            List(number: $0["number"]?.int ?? 0, revoked: $0["revoked"]?.int ?? 0)
        }
        onHold = (json["onHold"]?.object ?? [:]).mapValues { ($0.array ?? []).compactMap(\.string) }
        (issued, isRetired) = (json["issued"]?.int ?? 0, json["retired"] == true)
    }

    var json: JSONValue {
        [
            "lists": .object(
                lists.mapValues { ["number": JSONValue($0.number), "revoked": JSONValue($0.revoked)] as JSONValue }),
            "onHold": .object(onHold.mapValues { JSONValue($0) }), "issued": JSONValue(issued),
            "retired": JSONValue(isRetired),
        ]
    }

    /// What this state lacks of an earlier one: a CA never loses anything by itself. Empty when it may follow.
    func losses(since earlier: AuthorityMark) -> [String] {
        var losses: [String] = []
        for (issuer, last) in earlier.lists.sorted(by: { $0.key < $1.key }) {
            guard let now = lists[issuer] else {
                losses.append("the list of \(issuer) is gone")
                continue
            }
            if now.number < last.number {
                losses.append("the list of \(issuer) is number \(now.number), and there was number \(last.number)")
            }
            if now.revoked < last.revoked {
                losses.append("the list of \(issuer) has \(now.revoked) revoked, and there were \(last.revoked)")
            }
        }
        if issued < earlier.issued {
            losses.append("\(issued) certificates are on record, and there were \(earlier.issued)")
        }
        if earlier.isRetired, !isRetired { losses.append("it was retired, and is not") }
        return losses
    }
}

extension CertificateRevocationList.Entry {
    var isOnHold: Bool { reasonCode == RevocationReason.certificateHold.rawValue }
}
