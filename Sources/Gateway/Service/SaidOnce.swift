// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import Synchronization

/// Keeps a loop from saying the same every second: what stays as it was is not said again.
final class SaidOnce: Sendable {
    private let last = Mutex<[String: [String]]>([:])

    /// What is to be said of a topic now: the sentences that were not among those of the last time, and those of the last time
    /// about whose subject nothing is said any more. Silence in between lets them be said again.
    ///
    /// A sentence is the same when only ids of single requests and moments differ; its subject is what stands before the first colon
    /// that ends a word, whatever the number of orders.
    func change(_ topic: String, _ sentences: [String]) -> (new: [String], over: [String]) {
        last.withLock { last in
            let before = last.updateValue(sentences, forKey: topic) ?? []
            let said = Set(before.map(\.withoutPassingDetails))
            var subjects = Set(sentences.map(Self.subject))
            return (
                sentences.filter { !said.contains($0.withoutPassingDetails) },
                before.filter { subjects.insert(Self.subject($0)).inserted }
            )
        }
    }

    /// What was said last of each topic about which there is something to say.
    var standing: [String: [String]] { last.withLock { $0.filter { !$0.value.isEmpty } } }

    private static func subject(_ sentence: String) -> String {
        beginning(of: sentence).replacing(/\border cw-[^ ,]+|\b[0-9]+ orders?\b/, with: "orders")
            .replacing(
                /, such as cw-[^ ,]+/, with: "")
    }

    /// What a sentence is about. An address and a moment have colons in them, too.
    static func beginning(of sentence: String) -> String {
        sentence.firstRange(of: ": ").map { String(sentence[..<$0.lowerBound]) } ?? sentence
    }

    /// Of trouble with somebody else's service, by its subject.
    static func worksAgain(_ sentence: String) -> String { "works again: \(beginning(of: sentence))" }

    /// Of anything that has ended, by whatever end; without the advice.
    static func isOver(_ sentence: String) -> String { "over: \(sentence.prefix { $0 != ";" })" }
}
