// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A connector module that cannot be used, with the sentence an operator needs.
public struct ModuleError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        case missing, distrusted, truncated, foreign, otherInterface, otherCompiler, notLoadable
    }

    public let kind: Kind
    public let message: String
    public var description: String { message }
}
