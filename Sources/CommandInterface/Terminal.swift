// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The three streams of a program.
public enum Terminal {
    /// One line on standard output.
    public static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// One line on standard error.
    public static func complain(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// Whether a person watches standard error.
    public static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            // A closed pipe ends the output; there is nobody left to tell.
            guard written > 0 || errno == EINTR else { return }
            bytes = bytes.dropFirst(max(written, 0))
        }
    }
}
