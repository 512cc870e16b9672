// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A failure of the database. `message` says what happened and what to do next and is safe to show; `detail` is for logs.
///
/// The failed piece of work left nothing behind, whatever the code but one: `unknownOutcome` says that it may have been kept. The
/// database serves again once the cause is gone.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure; open, because engines bring their own.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A rule of the schema was broken, such as a unique index. The caller decides what that means.
        public static let constraint = Code(rawValue: "constraint")
        /// Another program holds the lock for longer than we wait. Goes away by itself, or an operator stops that program.
        public static let busy = Code(rawValue: "busy")
        /// No space left. Operator.
        public static let full = Code(rawValue: "full")
        /// The database may not be written. Operator.
        public static let readOnly = Code(rawValue: "readOnly")
        /// The database is damaged or not ours. Operator.
        public static let corrupt = Code(rawValue: "corrupt")
        /// The database cannot be reached or opened. Operator, or it goes away by itself.
        public static let connection = Code(rawValue: "connection")
        /// A table, column, index or trigger of that name is there already.
        public static let exists = Code(rawValue: "exists")
        /// The schema was made by a newer program. Operator.
        public static let newerSchema = Code(rawValue: "newerSchema")
        /// A value is longer than its column.
        public static let tooLong = Code(rawValue: "tooLong")
        /// The server does not know us, or does not allow what is needed. Operator.
        public static let permission = Code(rawValue: "permission")
        /// The server is too old, or the database is made in a way that does not do. Operator.
        public static let unsuitable = Code(rawValue: "unsuitable")
        /// The driver for the server is not installed. Operator.
        public static let driverMissing = Code(rawValue: "driverMissing")
        /// The connection was lost while the work was being committed, and the server could not be asked since: it may have been
        /// kept or not. Never to be taken for either.
        public static let unknownOutcome = Code(rawValue: "unknownOutcome")
        public static let other = Code(rawValue: "other")
    }

    public var code: Code
    public var message: String
    public var detail: String?

    public init(_ code: Code, _ message: String, detail: String? = nil) {
        self.code = code
        self.message = message
        self.detail = detail
    }

    /// Whether the same work may succeed later without a person.
    public var isTransient: Bool { code == .busy || code == .connection }

    public var description: String { message }
}
