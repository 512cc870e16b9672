// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What an engine has in hand.
enum WorkItem: Sendable, Hashable {
    case order(Int64)
    case action(Int64)
}
