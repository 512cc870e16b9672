// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How often one of the service's loops came to its end, and when last.
public struct LoopFigures: Sendable {
    public internal(set) var succeeded = 0
    public internal(set) var failed = 0
    public internal(set) var lastSuccess: Date?

    public init() {}
}
