// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions

/// One rule of the error table.
struct ErrorRule: Sendable {
    let when: JQProgram?
    /// Nil: by the HTTP status.
    let kind: ConnectorError.Kind?
    let message: JQProgram?
    let retryAfter: Duration?
    /// For `outcomeUnknown`: what the answer means once a search has shown that there is no order.
    let ifAbsent: ConnectorError.Kind?
}
