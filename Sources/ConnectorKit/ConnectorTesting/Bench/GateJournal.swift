// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import HTTPTransport
internal import Synchronization

/// What a connector does around the `SubmissionGate`, in the order in which it happens.
final class GateJournal: Sendable {
    enum Step: Sendable, Hashable {
        /// The order is placed; once more after a failure in passing.
        case begins
        /// The rate limiter is asked.
        case waits
        /// The gate is asked.
        case opens
        /// A request leaves, no login, that may change something at the CA.
        case sends
        /// A login or a request that only reads leaves.
        case asks
        /// The CA answers what was sent last that it wants a fresh login before it looks at it.
        case signsInAgain
    }

    private let all = Mutex<[Step]>([])

    func note(_ step: Step) { all.withLock { $0.append(step) } }

    /// The steps since the order was placed last.
    var steps: [Step] {
        all.withLock { steps in
            let start = steps.lastIndex(of: .begins).map { $0 + 1 } ?? 0
            return Array(steps[start...])
        }
    }

    /// How often the gate was asked, not counting what the CA did not look at.
    var openings: Int { steps.count { $0 == .opens } - steps.count { $0 == .signsInAgain } }

    /// Services whose use is noted here.
    func watching(_ services: ConnectorServices) -> ConnectorServices {
        var watched = services
        watched.http = Client(inner: services.http, journal: self)
        watched.rateLimiter = Limiter(inner: services.rateLimiter, journal: self)
        return watched
    }

    private struct Client: HTTPClient {
        let inner: any HTTPClient
        let journal: GateJournal

        func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
            let isOrder = !request.isConfidential && !request.isSafe
            journal.note(isOrder ? .sends : .asks)
            let answer = try await inner.send(request)
            if isOrder, answer.status == 401 { journal.note(.signsInAgain) }
            return answer
        }
    }

    private struct Limiter: RateLimiter {
        let inner: any RateLimiter
        let journal: GateJournal

        func acquire() async throws {
            journal.note(.waits)
            try await inner.acquire()
        }

        func pause(for duration: Duration) async { await inner.pause(for: duration) }
    }
}
