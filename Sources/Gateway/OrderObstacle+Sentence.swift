// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger

extension OrderObstacle {
    /// The cause first, then what follows and what to do.
    public func sentence(at now: Date) -> String {
        var orders = (count == 1 ? "order \(example)" : "\(Plural(count, "order"))") + " at \(backendCA)"
        if count > 1, cause.contains(example) { orders += ", such as \(example)" }
        return "\(orders): \(cause); \(nextStep(now))"
    }

    private func nextStep(_ now: Date) -> String {
        if isHeld {
            let list = "held for a person, see 'certway order list --held --backend-ca \(backendCA)'"
            // What is to be done stands in the cause, where somebody knew it.
            if cause.contains("'certway order ") { return list }
            return
                "\(list); once the cause is mended, 'certway order retry --held --backend-ca \(backendCA)' looks again"
        }
        switch side {
        case .ended:
            return
                "ended by the CA; the next plan says when the same is tried again; at once, when the cause is mended: 'certway order "
                + "again \(example)'"
        case .delivery:
            return
                "the certificate is issued and its delivery is tried again \(when(now)); see 'certway doctor'\(atOnce(now))"
        case .certificateAuthority: break
        }
        switch errorKind.flatMap(ConnectorError.Kind.init) {
        case .authentication?, .configuration?, nil:
            let last = triedAt.map { "last tried \($0.ISO8601Format()), " } ?? ""
            return
                "see 'certway doctor', and 'certway ca check \(backendCA)'; \(last)tried again \(when(now))\(atOnce(now))"
        case .outcomeUnknown?:
            return "looked for at the CA \(nextAt.map { $0 > now } == true ? "again " : "")\(when(now))"
        case .transient?, .throttled?, .refused?: return "tried again \(when(now))\(atOnce(now))"
        }
    }

    private func when(_ now: Date) -> String {
        guard let nextAt, nextAt > now else { return "by the next pass" }
        return "at \(nextAt.ISO8601Format())"
    }

    /// For whoever has mended the cause and will not wait.
    private func atOnce(_ now: Date) -> String {
        guard let nextAt, nextAt > now else { return "" }
        return "; at once: 'certway order retry --delayed --backend-ca \(backendCA)'"
    }
}
