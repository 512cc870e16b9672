// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Publication
import Synchronization

/// A directory in memory that can be told to fail or to garble.
final class PretendDirectory: CertificateDirectory {
    struct State {
        var entries: [String: [[UInt8]]] = [:]
        var failure: PublicationError?
        var garbles = false
        var writes = 0
        /// Whether what was written counts although the answer is lost.
        var losesAnswer = false
    }

    let name: String
    let state = Mutex(State())

    init(_ name: String = "pretend", people: [String]) {
        self.name = name
        state.withLock { for person in people { $0.entries[person] = [] } }
    }

    func values(_ person: String) -> [[UInt8]] { state.withLock { $0.entries[person] ?? [] } }
    func put(_ values: [[UInt8]], _ person: String) { state.withLock { $0.entries[person] = values } }

    func check() async throws -> String { "it pretends" }

    func read(_ subject: PublicationSubject) async throws -> DirectoryEntry {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            guard let values = state.entries[subject.id] else {
                throw PublicationError(.noEntry, "nobody is called so")
            }
            return DirectoryEntry(values: values)
        }
    }

    func write(
        adding new: [[UInt8]], removing old: [[UInt8]], for subject: PublicationSubject, over present: [[UInt8]]
    ) async throws {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            state.writes += 1
            let added = state.garbles ? new.map { $0 + [0] } : new
            state.entries[subject.id] = present.filter { !old.contains($0) } + added
            if state.losesAnswer {
                state.losesAnswer = false
                throw PublicationError(.transient, "the answer was lost")
            }
        }
    }
}
