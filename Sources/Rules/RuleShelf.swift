// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
public import YAMLDocuments

/// The rule book of a process, read again when a file has changed.
public final class RuleShelf: Sendable {
    private struct State {
        var contents: [String: Data] = [:]
        var book: RuleBook?
        var problems: Diagnostics?
    }

    public let files: RuleFiles
    private let state = Mutex(State())

    public init(_ files: RuleFiles) { self.files = files }

    /// The rules as the files are now. Costs reading the files, and compiling them when one has changed.
    ///
    /// - Throws: `Diagnostics` with everything that is wrong with the files; an operator must act. Nothing is ordered by rules that
    ///   nobody can read.
    public func book() throws(Diagnostics) -> RuleBook {
        let paths = files.paths
        let contents = Dictionary(
            paths.map { ($0, (try? Data(contentsOf: URL(filePath: $0))) ?? Data()) },
            uniquingKeysWith: { first, _ in first })
        return try state.withLock { state throws(Diagnostics) in
            if state.contents == contents {
                if let book = state.book { return book }
                if let problems = state.problems { throw problems }
            }
            state.contents = contents
            (state.book, state.problems) = (nil, nil)
            do throws(Diagnostics) {
                let book = try files.read()
                state.book = book
                return book
            } catch {
                state.problems = error
                throw error
            }
        }
    }
}
