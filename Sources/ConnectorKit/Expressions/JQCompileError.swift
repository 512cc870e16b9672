// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Why a program does not compile.
struct JQCompileError: Error {
    let message: String
    /// 0-based line of the program.
    let line: Int

    init(message: String, line: Int) {
        self.message = message
        self.line = line
    }

    /// From libjq's reports such as `jq: error: x/0 is not defined at <top-level>, line 3:` and the program's text.
    init(_ reports: [String]) {
        let first = reports.first?.split(separator: "\n").first.map(String.init) ?? ""
        let parts = first.replacing("jq: error: ", with: "").replacing(" (Unix shell quoting issues?)", with: "")
            .split(separator: " at <top-level>, line ", maxSplits: 1)
        let text = parts.first.map(String.init) ?? "no reason given"
        // The program begins on the second line, after the prelude and the opening bracket.
        let line = parts.count > 1 ? Int(parts[1].prefix(while: \.isNumber)) ?? 0 : 0
        self.init(message: "not a valid jq program: \(JQFailure.line(text))", line: max(0, line - 2))
    }
}
