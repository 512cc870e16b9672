// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Bounds on what the gateway does by itself.
public struct LimitsConfiguration: Sendable, Hashable {
    /// New orders one run may place without a person's consent.
    public var ordersPerRun = 500
    /// Orders of one backend CA worked on at the same time.
    public var concurrency = 32
    /// Keys made at the same time.
    public var keyGenerators = ProcessInfo.processInfo.activeProcessorCount
    /// Time between two passes of `serve`.
    public var interval = Duration.seconds(900)

    public init() {}
}
