// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What could be found out about the permission to write without writing.
public enum WriteAccess: Sendable {
    case granted
    /// The token does not show its permissions.
    case unknown
}
