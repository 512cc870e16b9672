// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// The file before SQLite opens it.
enum SQLiteFile {
    /// Creates the file if it is missing, and takes away everybody's rights but the owner's, whatever the umask says.
    /// SQLite gives its side files the mode of this one.
    static func prepare(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            // Only a file that was just created may be closed here: closing another would drop the locks of connections
            // that this process has on it already (https://www.sqlite.org/howtocorrupt.html, 2.2).
            defer { close(descriptor) }
            guard fchmod(descriptor, 0o600) == 0 else { throw StoreError(opening: path, errno) }
            return
        }
        guard errno == EEXIST else { throw StoreError(opening: path, errno) }
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw StoreError(opening: path, errno) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(.connection, "\(path) is not a file: give the name of the database file")
        }
        guard facts.st_mode & 0o077 != 0 else { return }
        guard chmod(path, 0o600) == 0 else { throw StoreError(opening: path, errno) }
    }
}
