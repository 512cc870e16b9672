// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// What of a mailbox's keys somebody has had who is not to have them any more.
public struct KeyExposure: Sendable, Hashable {
    /// Names of those people, by certificate.
    public var certificates: [Int64: [String]] = [:]
    /// When it is to be looked again, because the grace of somebody who is away is over then; nil for nobody.
    public var dueAt: Date?

    public init() {}
}
