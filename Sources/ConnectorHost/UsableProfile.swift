// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Settings

/// A profile that a connector may be made from, and the state of the file it was read from.
struct UsableProfile: Sendable {
    let profile: ConnectorProfile
    let stamp: FileStamp?
}
