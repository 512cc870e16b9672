// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger

/// What a recovery hands out, and whose it is.
public struct RecoveredKey: Sendable {
    public let record: CertificateRecord
    /// PKCS #12 or the archive record; encrypted either way.
    public let bytes: [UInt8]
}
