// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation

/// A system call on a file that failed.
struct FileFailure: Error, CustomStringConvertible {
    let action: String
    let path: String
    let code: Int32

    /// Takes `errno`, so it must be made before any other call.
    init(_ action: String, _ path: String) {
        code = errno
        self.action = action
        self.path = path
    }

    var description: String {
        let advice =
            code == ENOENT && action == "write"
            ? "; mkdir -p \(URL(filePath: path).deletingLastPathComponent().path)" : ""
        return "cannot \(action) \(path): \(String(cString: strerror(code)))\(advice)"
    }

    /// Who must act: a full disk or too many open files pass, everything else needs the operator.
    var connectorError: ConnectorError {
        switch code {
        case ENOSPC, EDQUOT, EMFILE, ENFILE, EINTR, EAGAIN, EIO: ConnectorError(.transient, description)
        default: ConnectorError(.configuration, description)
        }
    }
}
