// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CSQLite

/// The library behind this room.
public enum SQLiteLibrary {
    /// As the library names itself, such as `3.46.1`.
    public static var version: String { String(cString: sqlite3_libversion()) }
}
