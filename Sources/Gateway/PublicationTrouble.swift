// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A directory that does not hold what it is to hold.
public struct PublicationTrouble: Sendable {
    public let directory: String
    /// How many certificates it is about.
    public let count: Int
    /// Whether the directory is configured no more.
    public let isAbandoned: Bool
    /// What it is and what to do; without the name of a directory that is configured.
    public let text: String

    public var subject: String { "directory \(directory)" }

    /// The same with the name of the directory.
    public var sentence: String { isAbandoned ? text : "\(subject): \(text)" }
}
