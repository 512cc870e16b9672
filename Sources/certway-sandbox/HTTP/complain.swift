// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Tells whoever started the sandbox something, on standard error; never a secret.
func complain(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("certway-sandbox: \(text)\n".utf8))
}
