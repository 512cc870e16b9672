// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import PKIX
import StoreSQLite

/// The libraries that are loaded, as they name themselves.
public enum LibraryVersions {
    public static var all: [String] {
        [OpenSSLLibrary.version, CurlLibrary.version, "SQLite \(SQLiteLibrary.version)"]
    }
}
