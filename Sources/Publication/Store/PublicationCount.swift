// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How many certificates are in one state in one directory.
public struct PublicationCount: Sendable, Hashable {
    public let place: String
    public let isWanted: Bool
    public let actual: PublicationRecord.Actual
    public let hasFailed: Bool
    public let count: Int

    public var state: PublicationRecord.State {
        if hasFailed { return .failed }
        if isWanted { return actual == .present ? .published : .publishing }
        return actual == .absent ? .withdrawn : .withdrawing
    }
}
