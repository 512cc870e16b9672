// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Synchronization

/// Remembers the rounds that clients are in the middle of, and which delta links are still good.
final class DeltaTokens: Sendable {
    private struct Guarded {
        var rounds: [String: DeltaRound] = [:]
        var order: [String] = []
        /// Grows with every reset; older links are lost.
        var epoch = 0
        var resetStatus = 410
    }

    /// What a delta link says.
    struct Link {
        let kind: String
        let select: [String]
        let ids: [String]?
        let version: Int
    }

    private let guarded = Mutex(Guarded())
    private let clock: SandboxClock

    init(clock: SandboxClock) { self.clock = clock }

    /// All links given out so far answer that status from now on.
    func reset(status: Int) {
        guarded.withLock {
            $0.epoch += 1
            $0.resetStatus = status
            $0.rounds.removeAll()
        }
    }

    var resetStatus: Int { guarded.withLock { $0.resetStatus } }

    /// Keeps a round for its next pages; the oldest of more than 32 is forgotten.
    func keep(_ round: DeltaRound) -> String {
        guarded.withLock { guarded in
            let name = GUID.random()
            guarded.rounds[name] = round
            guarded.order.append(name)
            if guarded.order.count > 32 { guarded.rounds[guarded.order.removeFirst()] = nil }
            return name
        }
    }

    /// - Throws: nothing; nil means that the place is lost and the round begins again.
    func place(_ token: String) -> (name: String, round: DeltaRound, offset: Int)? {
        guard let content = Self.decode(token), let name = content["r"]?.string, let offset = content["o"]?.int,
            let round = guarded.withLock({ $0.rounds[name] }), (0...round.items.count).contains(offset)
        else { return nil }
        return (name, round, offset)
    }

    func skipToken(_ name: String, _ offset: Int) -> String {
        Self.encode(["r": .string(name), "o": JSONValue(offset)])
    }

    func deltaToken(_ round: DeltaRound) -> String {
        Self.encode([
            "k": .string(round.kind.rawValue), "s": JSONValue(round.select),
            "i": round.ids.map { JSONValue($0) } ?? nil,
            "v": JSONValue(round.until), "e": JSONValue(guarded.withLock { $0.epoch }),
            "t": .number(clock.now.timeIntervalSince1970.rounded()),
        ])
    }

    /// nil for a link that was reset, is older than seven days or was never given out.
    func link(_ token: String) -> Link? {
        guard let content = Self.decode(token), let kind = content["k"]?.string, let version = content["v"]?.int,
            let select = content["s"]?.array?.compactMap(\.string), let time = content["t"]?.number,
            content["e"]?.int == guarded.withLock({ $0.epoch }),
            clock.now.timeIntervalSince1970 - time < 7 * 86_400
        else { return nil }
        return Link(kind: kind, select: select, ids: content["i"]?.array?.compactMap(\.string), version: version)
    }

    private static func encode(_ content: JSONValue) -> String { Base64URL.encode(content.text.utf8) }

    private static func decode(_ token: String) -> JSONValue? {
        Base64URL.decode(token).flatMap { try? JSONValue(parsing: $0) }
    }
}
