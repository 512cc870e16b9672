// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import ConnectorTesting

/// Tells on standard error how far a run of the kit is, and what a check waits for: a line that is rewritten for who watches, a line
/// for each check in a file.
final class ConformanceProgress: Sendable {
    private let line: ProgressLine
    private let isQuiet: Bool

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        line = ProgressLine(isShown: !isQuiet && Terminal.isInteractive)
    }

    func starts(_ check: ConformanceCheck, _ number: Int, of count: Int) {
        line.show("\(number)/\(count) \(check.id)")
        if !Terminal.isInteractive { say("\(number)/\(count) \(check.id)") }
    }

    /// What a person should know while it is so.
    func say(_ text: String) {
        guard !isQuiet else { return }
        line.clear()
        Terminal.complain(text)
    }

    func clear() { line.clear() }
}
