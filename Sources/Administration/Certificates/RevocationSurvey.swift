// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Fulfilment

/// Asks what CAs publish about many certificates, a few at a time, and gives up where nobody answers: each answer that does not come
/// takes its time. What could not be asked is not known, and never good.
struct RevocationSurvey<Subject: Sendable> {
    /// Questions at a time.
    private static var width: Int { 4 }
    /// So many that nobody could answer, and none before them, and nobody is asked any more.
    private static var patience: Int { 8 }

    private let ask: @Sendable (Subject) async -> RevocationReader.Finding
    /// Those that all their places answered for.
    private(set) var read = 0
    private(set) var unread = 0
    /// Those that name no place that can be read.
    private(set) var nowhere = 0
    /// Why the first one could not be read.
    private(set) var reason: String?

    init(_ ask: @escaping @Sendable (Subject) async -> RevocationReader.Finding) { self.ask = ask }

    /// Whether nobody is asked any more.
    var isGivenUp: Bool { read == 0 && unread >= Self.patience }

    /// - Returns: what was found of those that were asked for, in any order; fewer than subjects once it was given up.
    /// - Throws: `CancellationError` alone.
    mutating func look(at subjects: [Subject]) async throws -> [(subject: Subject, finding: RevocationReader.Finding)] {
        var looks: [(subject: Subject, finding: RevocationReader.Finding)] = []
        for start in stride(from: 0, to: subjects.count, by: Self.width) where !isGivenUp {
            try Task.checkCancellation()
            let part = await withTaskGroup { [ask] tasks in
                for subject in subjects[start...].prefix(Self.width) {
                    tasks.addTask { (subject, await ask(subject)) }
                }
                return await tasks.reduce(into: [(Subject, RevocationReader.Finding)]()) { $0.append($1) }
            }
            for (subject, finding) in part {
                switch finding {
                case .revoked, .missing(_, wasRead: true): read += 1
                case .missing(let words, wasRead: false):
                    unread += 1
                    reason = reason ?? words
                case .nowhere: nowhere += 1
                }
                looks.append((subject, finding))
            }
        }
        return looks
    }
}
