// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs a program made of commands and turns how it ended into an exit status.
public enum Program {
    /// Parses the process's own command line, runs the command and ends the process.
    ///
    /// - Parameters:
    ///   - version: what `--version` prints, which stands alone; nil for a program without.
    ///   - explain: the status and sentence for an error of the program's own; nil lets the error describe itself with
    ///     status 1.
    ///   - finish: what is done at the end, however it came.
    public static func main(
        _ root: Command, version: (@Sendable () -> String)? = nil,
        explain: @Sendable (any Error) -> (ExitStatus, String)? = { _ in nil },
        finish: @Sendable () async -> Void = {}
    ) async -> Never {
        // A reader that went away must not end the process in the middle of its work.
        signal(SIGPIPE, SIG_IGN)
        let words = Array(CommandLine.arguments.dropFirst())
        if let version, words == ["--version"] {
            Terminal.print(lines: version())
            end(root, .done)
        }
        do {
            switch try CommandParser(root).parse(words) {
            case .help(let text):
                Terminal.print(lines: text.trimmingCharacters(in: .newlines))
                end(root, .done)
            case .incomplete(let text):
                Terminal.complain(text.trimmingCharacters(in: .newlines))
                exit(ExitStatus.usage.rawValue)
            case .run(let command, let invocation):
                // The parser only returns commands that have an action.
                let status = try await command.action?(invocation) ?? .usage
                await finish()
                end(root, status)
            }
        } catch let error as UsageError {
            Terminal.complain("\(root.name): \(error)")
            exit(ExitStatus.usage.rawValue)
        } catch {
            let (status, text) = explain(error) ?? (.failed, "\(error)")
            await finish()
            Terminal.complain("\(root.name): \(text)")
            exit(status.rawValue)
        }
    }

    /// Ends the process; output that was lost is a failure, whatever came of the work.
    private static func end(_ root: Command, _ status: ExitStatus) -> Never {
        guard let reason = Terminal.finish() else { exit(status.rawValue) }
        Terminal.complain("\(root.name): standard output could not be written, what it holds is incomplete: \(reason)")
        exit(ExitStatus.failed.rawValue)
    }
}
