// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// What has to be known to start the program.
struct ProgramSpecification: Sendable {
    /// Absolute path of an executable file.
    let path: String
    /// Members of the first message beside the operation's name, secrets in clear: made for each program, and not kept.
    let start: @Sendable () -> [String: JSONValue]
    let startTimeout: Duration
    /// Longest line it may answer, in bytes.
    let maximumAnswer: Int
    /// Given what the program wants logged, and the lines on its standard error.
    let log: @Sendable (_ level: String, _ message: String) -> Void
    /// Lines of what the program wrote, as people may see them.
    let lines: @Sendable ([UInt8]) -> [String]
}
