// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What is known of one open connection.
struct ConnectionRecord {
    /// What the connection is about, and since when.
    enum Phase {
        /// A request is to come: the first one, or the next.
        case head(isFirst: Bool)
        case body
        /// The handler works, or a stream is open: nothing that the client could delay.
        case handling
        case answering
    }

    let address: ClientAddress
    let descriptor: Int32
    /// Beyond the limits: it is told so and closed.
    let isSurplus: Bool
    var phase = Phase.head(isFirst: true)
    var since = ContinuousClock.now
    /// Bytes that the client has sent or is to fetch in this phase.
    var bytes = 0
    var isBroken = false
    /// Holds what the TLS session works with for as long as the connection is there.
    let credentials: TLSCredentials?

    /// Whether the client takes longer than the limits allow.
    func isLate(_ limits: ServerLimits, at now: ContinuousClock.Instant) -> Bool {
        guard !isBroken else { return false }
        let rate = Duration.seconds(Double(bytes) / Double(limits.slowestRate))
        let allowed: Duration? =
            switch phase {
            case .head(isFirst: true): limits.headTime
            case .head(isFirst: false): limits.idleTime
            case .body: limits.bodyTime + rate
            case .answering: limits.answerTime + rate
            case .handling: nil
            }
        return allowed.map { since + $0 < now } ?? false
    }
}
