// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Everything that is wrong with a file, thrown at once.
public struct Diagnostics: Error, Sendable, CustomStringConvertible {
    public let all: [Diagnostic]
    public init(_ all: [Diagnostic]) { self.all = all }
    public var description: String { all.map(\.description).joined(separator: "\n") }
}
