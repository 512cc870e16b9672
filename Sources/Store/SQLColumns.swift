// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The column names of one statement, shared by its rows.
public final class SQLColumns: Sendable {
    public let names: [String]
    private let places: [String: Int]

    public init(_ names: [String]) {
        self.names = names
        places = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    }

    public func index(of name: String) -> Int? { places[name] }
}
