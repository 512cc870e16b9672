// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface

/// A column of a list: how it stands in a table and in comma-separated values.
struct ListColumn<Item>: Sendable {
    let column: TextColumn
    /// Its name in comma-separated values; as in JSON.
    let name: String
    let cell: @Sendable (Item) -> String
    /// The whole value, where a table shows less.
    let value: @Sendable (Item) -> String

    init(
        _ column: TextColumn, _ name: String, _ cell: @escaping @Sendable (Item) -> String,
        value: (@Sendable (Item) -> String)? = nil
    ) {
        self.column = column
        self.name = name
        self.cell = cell
        self.value = value ?? cell
    }
}
