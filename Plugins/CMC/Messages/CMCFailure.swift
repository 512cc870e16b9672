// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import PKIX

/// A failure that a CA reports in a verified answer: the request was not executed.
struct CMCFailure: Sendable {
    let status: CMCStatus
    init(_ status: CMCStatus) { self.status = status }

    /// Who must act; nil for the requester, whose order is refused.
    var kind: ConnectorError.Kind? {
        switch (status.code, status.otherInfo) {
        case (.noSupport, _), (.popRequired, _): .configuration
        case (_, .failInfo(let info)):
            switch info {
            case .badIdentity, .badMessageCheck: .authentication
            // Our clock is the first to be looked at.
            case .badTime, .mustArchiveKeys: .configuration
            case .internalCAError, .tryLater: .transient
            default: nil
            }
        // Unknown ones count as internalCAError (RFC 5272 §6.1.4).
        case (_, .extendedFailInfo): .transient
        default: nil
        }
    }

    /// Whether it proves that the order was not taken. A CA that failed within may have failed afterwards; and the key is
    /// that of one order alone, so a CA that has seen it has that order.
    var isProof: Bool {
        switch status.otherInfo {
        case .failInfo(.internalCAError), .failInfo(.noKeyReuse), .extendedFailInfo: false
        default: true
        }
    }

    /// One sentence with the CA's words.
    var reason: String {
        var reason = "the CA answers \(status.code)"
        switch status.otherInfo {
        case .failInfo(let info): reason += ", \(info)"
        case .extendedFailInfo(let type, _): reason += ", \(type)"
        default: break
        }
        if case .failInfo(.badTime) = status.otherInfo { reason += " (is the clock right?)" }
        return reason + (status.text.map { ": " + SafeText.sentence($0) } ?? "")
    }
}
