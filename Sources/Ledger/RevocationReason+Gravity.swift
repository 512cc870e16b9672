// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

extension RevocationReason {
    /// By which one reason gives way to another before anything has left: a stolen key outweighs a change of name, and a hold, which
    /// may end, outweighs nothing.
    var gravity: Int {
        switch self {
        case .keyCompromise, .cACompromise, .aACompromise: 2
        case .certificateHold, .removeFromCRL: 0
        case .unspecified, .affiliationChanged, .superseded, .cessationOfOperation, .privilegeWithdrawn: 1
        }
    }
}
