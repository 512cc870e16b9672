// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments
public import Ledger

extension CertificateAction {
    /// As programs see it.
    public var json: JSONValue {
        [
            "id": JSONValue(Int(id)), "kind": .string(kind.rawValue), "state": .string(state.rawValue),
            "orderID": JSONValue(Int(orderID)), "backendCA": .string(backendCA), "reason": JSONValue(reason?.name),
            "cause": .string(cause), "by": .string(actor), "askedAt": .string(askedAt.ISO8601Format()),
            "notBefore": JSONValue(notBefore?.ISO8601Format()), "attempts": JSONValue(attempts),
            "held": .bool(isHeld), "detail": JSONValue(holdReason ?? detail),
            "takenAt": JSONValue(takenAt?.ISO8601Format()), "seenAt": JSONValue(seenAt?.ISO8601Format()),
            "seenIn": JSONValue(seenIn), "looks": JSONValue(looks),
            "nextActionAt": JSONValue((workAt).map { $0.ISO8601Format() }),
        ]
    }

    /// The three lamps, each in a few words: asked, taken, seen.
    public var lamps: [(name: String, isLit: Bool, text: String)] {
        let isRevocation = kind == .revoke
        let taken = takenAt.map { $0.ISO8601Format() }
        return [
            ("asked", true, "\(askedAt.ISO8601Format()) by \(actor): \(cause)"),
            (
                isRevocation ? "taken by the CA" : "taken out of Intune", takenAt != nil,
                taken ?? (holdReason ?? (state == .undone || state == .failed ? detail : notYet) ?? "not yet")
            ),
            (
                isRevocation ? "seen" : "gone", seenAt != nil,
                seenAt.map { "\($0.ISO8601Format()) in \(seenIn ?? "")" }
                    ?? (takenAt == nil ? "not yet" : detail ?? "not yet")
            ),
        ]
    }

    private var notYet: String? {
        if let notBefore, state == .asked { return "not before \(notBefore.ISO8601Format())" }
        return detail
    }
}
