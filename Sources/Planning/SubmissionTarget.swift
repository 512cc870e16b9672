// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// A backend CA that requests leave for, as it was configured then.
public struct SubmissionTarget: Sendable, Hashable, Comparable {
    public let backendCA: String
    /// Which account at which CA it stood for.
    public let connection: String

    public init(backendCA: String, connection: String) { (self.backendCA, self.connection) = (backendCA, connection) }

    /// - Returns: nil for what is none.
    public init?(json: JSONValue) {
        guard let name = json["backendCA"]?.string, let connection = json["connection"]?.string else { return nil }
        self.init(backendCA: name, connection: connection)
    }

    public var json: JSONValue { ["backendCA": .string(backendCA), "connection": .string(connection)] }

    public static func < (one: Self, other: Self) -> Bool {
        (one.backendCA, one.connection) < (other.backendCA, other.connection)
    }
}

/// What is known of the backend CAs that requests have left for since some moment.
public struct SubmissionTargets: Sendable, Hashable {
    public var known: Set<SubmissionTarget>
    /// Whether there were no others.
    public var isWhole: Bool

    public init(_ known: Set<SubmissionTarget> = [], isWhole: Bool = false) {
        (self.known, self.isWhole) = (known, isWhole)
    }

    mutating func add(_ other: Self) {
        known.formUnion(other.known)
        isWhole = isWhole && other.isWhole
    }
}
