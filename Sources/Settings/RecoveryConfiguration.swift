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

    /// How the key of a certificate comes out of the archive here, and what is done with it: the end of a sentence.
    public func advice(for serialNumber: String) -> String {
        let way =
            approvals > 1
            ? "a key recovery agent asks for it by 'certway key recovery request \(serialNumber) --purpose TEXT' and another one agrees"
            : "a key recovery agent recovers it by 'certway key recover \(serialNumber) --purpose TEXT --agent-certificate FILE "
                + "--agent-key FILE --password file:PATH --out FILE'"
        return "\(way); the file is imported where the old mail is read, for it does not come back into Intune"
    }
}
