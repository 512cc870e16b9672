// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

/// How archived keys are recovered.
public struct RecoveryConfiguration: Sendable, Hashable {
    /// How many people a recovery takes, the one who asks included.
    public var approvals = 1
    /// Until then it is decided on and fetched, or it lapses.
    public var lapsesAfter = Duration.seconds(24 * 3600)
    /// Whether people fetch their own former keys by themselves.
    public var byOwner = true
    /// How long ago an owner may have signed in.
    public var signedInWithin = Duration.seconds(10 * 60)

    static let lapses = Duration.seconds(3600)...Duration.seconds(30 * 86400)
    static let signIns = Duration.seconds(60)...Duration.seconds(3600)

    public init() {}
}
