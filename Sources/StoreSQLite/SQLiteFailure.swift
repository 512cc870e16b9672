// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A result code of SQLite on its way to the connection, which knows the words for it.
struct SQLiteFailure: Error {
    let status: Int32
}
