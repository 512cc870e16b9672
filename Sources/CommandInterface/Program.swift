// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Runs a program made of commands and turns how it ended into an exit status.
public enum Program {
    /// Parses the process's own command line, runs the command and ends the process.
    ///
    /// - Parameters:
    ///   - version: what `--version` prints, which stands alone; nil for a program without.
    ///   - explain: how an error of the program's own ends it; nil lets the error describe itself with status 1.
    ///   - isWatched: whether who waits for a command is told that it is still at work; not of those that say so themselves.
    ///   - finish: what is done at the end, however it came.
    public static func main(
        _ root: Command, version: (@Sendable () -> String)? = nil,
        isWatched: @Sendable (Command) -> Bool = { _ in false },
        explain: @Sendable (any Error) -> ProgramFailure? = { _ in nil },
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
                leave(.usage)
            case .run(let command, let invocation):
                // The parser only returns commands that have an action.
                // What a program reads has nothing between.
                let mayTell = invocation.value("output") != "json" || Terminal.isInteractive
                let name = root.name
                let watch =
                    isWatched(command) && mayTell
                    ? Task { await LongWork.watch(tell: { Terminal.complain("\(name): \($0)") }) } : nil
                defer { watch?.cancel() }
                let status = try await command.action?(invocation) ?? .usage
                watch?.cancel()
                await finish()
                end(root, status)
            }
        } catch let error as UsageError {
            await finish()
            fail(root, ProgramFailure(error), words)
        } catch {
            let failure = explain(error) ?? ProgramFailure(.failed, code: "failed", "\(error)")
            await finish()
            fail(root, failure, words)
        }
    }

    private static let last = Mutex<(@Sendable () -> Void)?>(nil)

    /// What is done right before the process ends, however it ends by itself.
    public static func atEnd(_ body: @escaping @Sendable () -> Void) { last.withLock { $0 = body } }

    /// Ends the process at once. The libraries' own work at the end of a process (`exit`) takes apart what other threads are using at that
    /// moment, such as a connection that is closing, and then the process dies by a signal with its work done. What `Terminal` prints is out.
    private static func leave(_ status: ExitStatus) -> Never {
        last.withLock { $0 }?()
        _exit(status.rawValue)
    }

    /// Ends the process with an error: lines for people, or one JSON object where JSON was asked for.
    private static func fail(_ root: Command, _ failure: ProgramFailure, _ words: [String]) -> Never {
        // What cannot be parsed has no options, and the words still say what reads the answer.
        let wantsJSON =
            words.contains("--output=json") || zip(words, words.dropFirst()).contains { $0 == ("--output", "json") }
        if wantsJSON {
            Terminal.complain(json: failure.json.text)
        } else {
            Terminal.complain("\(root.name): \(failure.lines)")
        }
        leave(failure.status)
    }

    /// Ends the process; output that was lost is a failure, whatever came of the work.
    private static func end(_ root: Command, _ status: ExitStatus) -> Never {
        guard let reason = Terminal.finish() else { leave(status) }
        fail(
            root,
            ProgramFailure(
                .failed, code: "output", "standard output could not be written, what it holds is incomplete: \(reason)"),
            Array(CommandLine.arguments.dropFirst()))
    }
}
