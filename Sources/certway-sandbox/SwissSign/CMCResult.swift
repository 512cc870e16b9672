// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// What the parts of a message led to.
struct CMCResult: Sendable {
    var statuses: [CMCStatus] = []
    /// Leaf and chain of each certificate that is handed out.
    var certificates: [Certificate] = []

    var succeeded: Bool { statuses.allSatisfy { $0.code == .success } }
}
