// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger

extension CertificateActionObstacle {
    /// For people, with the next step.
    public var sentence: String {
        let place = kind == .revoke ? "at \(backendCA)" : "from Intune"
        let which = "\(Plural(count, kind.noun)) \(place)"
        let show = "'certway certificate show \(example)'"
        switch state {
        case .failed: return "\(which) failed: \(cause); see \(show), and ask for it again once that is mended"
        case .done: return "\(which): \(cause); ask the CA, see \(show)"
        default: break
        }
        if isHeld { return "\(which) held for a person: \(cause); see \(show)" }
        let next = nextAt.map { ", tried again at \($0.ISO8601Format())" } ?? ""
        return "\(which) delayed: \(cause)\(next); see \(show)"
    }
}
