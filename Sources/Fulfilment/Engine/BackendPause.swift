// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

/// The backend CA is left alone for a while because of what another order has met there; reads as that failure.
struct BackendPause: Error, CustomStringConvertible {
    let error: ConnectorError
    let remaining: Duration

    var description: String { error.description }
}
