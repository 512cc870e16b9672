// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// A jq program that gave no usable result.
public struct ExpressionError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        /// The program raised an error for this input.
        case failed
        /// The program gave no output where one is needed.
        case noOutput
        /// Stopped: the time limit was over.
        case timeLimit
        /// Stopped: it took too much memory.
        case memoryLimit
        /// Its output is too large or nested too deeply.
        case outputLimit
        /// The output is of a kind that does not fit the place.
        case unfit
        /// The program was not accepted by `compile`.
        case notCompiled
    }

    public let kind: Kind
    /// Where the program stands, such as `operations.enroll.request.json`.
    public let keyPath: String
    /// One line without input values, so it may be shown and stored.
    public let message: String
    /// jq's own words, one bounded line. They may quote input values: only for places where the input may be seen.
    public let detail: String?
    /// What the program raised with `error`; like `detail`, it may quote input values.
    public let raised: JSONValue?

    public init(
        _ kind: Kind, keyPath: String, message: String, detail: String? = nil, raised: JSONValue? = nil
    ) {
        self.kind = kind
        self.keyPath = keyPath
        self.message = message
        self.detail = detail
        self.raised = raised
    }

    public var description: String { "\(keyPath): \(message)" }
}
