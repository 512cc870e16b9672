// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// What several statuses together mean.
enum CMCDecision: Sendable {
    /// Also where a verified answer carries no status at all (RFC 5272 §6.1).
    case success
    case confirmRequired
    /// Token and time only where the server gives them anew; a partial success waits like this for what is missing.
    case pending(token: [UInt8]?, time: Date?, text: String?)
    case failed(CMCFailure)

    init(_ statuses: [CMCStatus]) {
        func first(_ codes: CMCStatus.Code...) -> CMCStatus? { statuses.first { codes.contains($0.code) } }
        let known: Set<CMCStatus.Code> = [.success, .pending, .partial, .confirmRequired]
        if let failed = statuses.first(where: { !known.contains($0.code) }) {
            self = .failed(CMCFailure(failed))
        } else if let waiting = first(.pending) ?? first(.partial) {
            guard case .pendInfo(let token, let time) = waiting.otherInfo else {
                self = .pending(token: nil, time: nil, text: waiting.text)
                return
            }
            self = .pending(token: token, time: time, text: waiting.text)
        } else {
            self = first(.confirmRequired) == nil ? .success : .confirmRequired
        }
    }
}
