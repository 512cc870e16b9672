// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A text that is not JSON, with what the parser said and where.
public struct JSONSyntaxError: Error, Sendable, CustomStringConvertible {
    public let message: String
    public init(message: String) { self.message = message }
    public var description: String { "not valid JSON: \(message)" }
}
