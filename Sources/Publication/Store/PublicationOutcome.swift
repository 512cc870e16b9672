// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a look at a directory has found and done about one certificate.
struct PublicationOutcome: Sendable {
    let before: PublicationRecord
    var actual: PublicationRecord.Actual
    /// Whether the directory was read at all.
    var wasRead = true
    /// Whether others had changed what it holds.
    var wasDrifted = false
    /// Whether it was taken out by us.
    var wasRemoved = false
    var error: PublicationError?
    /// Where it stands now.
    var entry: String?
    var nextActionAt: Date?
}
