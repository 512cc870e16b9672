// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Synchronization

/// What the control API told one CA to do differently from now on.
final class CASwitches: Sendable {
    private struct State {
        var pendingPolls: Int?
        var manualApproval = false
        var rejectNext: String?
        var isOut = false
        var issuers = 1
        var credentialsExpired = false
        var tokenLifetime: TimeInterval?
        var tokensValidFrom = Date.distantPast
        var limit: (requests: Int, seconds: TimeInterval)?
        var requests: [Date] = []
        /// Requests that found no room within `limit`.
        var refused = 0
        var disobedience: Set<Disobedience> = []
        /// Lies that this CA cannot tell, and why.
        var untold: [Disobedience: String] = [:]
        /// Of this CA alone.
        var own: [String: JSONValue] = [:]
    }

    private let state = Mutex(State())

    /// Adds switches that only this CA has, with the values they begin with. A new value must be of the same kind or
    /// null; any may follow null.
    func declare(_ own: [String: JSONValue]) { state.withLock { $0.own.merge(own) { _, new in new } } }

    /// Names what this CA does not have, so that it refuses the lies that mean nothing there.
    func declare(lacking: [Lack]) {
        state.withLock { state in
            for lack in lacking { for lie in lack.lies { state.untold[lie] = lack.reason } }
        }
    }

    /// The lies this CA can tell.
    var lies: [Disobedience] { state.withLock { state in Disobedience.allCases.filter { state.untold[$0] == nil } } }

    /// For CAs whose orders have numbers: where they count from can be set, and in hostile mode half of them are beyond
    /// 2^53, where a double skips every other number.
    func declareOrderNumbers(of name: String, hostility: Hostility?) {
        let isWide = hostility?.happens("order numbers beyond 2^53", name, share: 0.5) == true
        declare(["firstOrderID": isWide ? "9007199254740993" : .null])
    }

    /// Where the orders' numbers begin; nil leaves it to the CA.
    var firstOrderID: Int? { own("firstOrderID")?.identifier.flatMap { Int($0) } }

    /// The value of a switch that was declared.
    func own(_ name: String) -> JSONValue? { state.withLock { $0.own[name] } }

    func disobeys(_ lie: Disobedience) -> Bool { state.withLock { $0.disobedience.contains(lie) } }

    /// How many polls every new order waits; nil leaves it to hostile mode.
    var pendingPolls: Int? { state.withLock { $0.pendingPolls } }
    /// Whether new orders wait until the control API decides.
    var manualApproval: Bool { state.withLock { $0.manualApproval } }
    /// Seconds; nil for what the CA usually gives.
    var tokenLifetime: TimeInterval? { state.withLock { $0.tokenLifetime } }
    /// Tokens given out earlier are void.
    var tokensValidFrom: Date { state.withLock { $0.tokensValidFrom } }

    /// The reason with which the next application must be rejected; asking uses it up.
    func takeRejection() -> String? {
        state.withLock { state in
            defer { state.rejectNext = nil }
            return state.rejectNext
        }
    }

    /// Whether credentials count: false for good ones after they "expired", true for any when the CA lies about it.
    func accepts(credentialsAreRight: Bool) -> Bool {
        state.withLock { state in
            state.disobedience.contains(.acceptsAnyCredentials) || (credentialsAreRight && !state.credentialsExpired)
        }
    }

    /// Whether the CA answers nobody.
    var isOut: Bool { state.withLock { $0.isOut } }
    /// How many issuing certificates it has had, the present one included.
    var issuers: Int { state.withLock { $0.issuers } }

    /// Whether credentials are to be called expired.
    var credentialsExpired: Bool { state.withLock { $0.credentialsExpired } }

    /// Whether there is room for one more request under `limit`, which then counts.
    func admitsRequest(at now: Date) -> Bool {
        state.withLock { state in
            if state.disobedience.contains(.throttlesAlways) { return false }
            guard let limit = state.limit else { return true }
            state.requests.removeAll { now.timeIntervalSince($0) >= limit.seconds }
            guard state.requests.count < limit.requests else {
                state.refused += 1
                return false
            }
            state.requests.append(now)
            return true
        }
    }

    var json: JSONValue {
        state.withLock { state in
            var members: [String: JSONValue] = [
                "pendingPolls": state.pendingPolls.map { JSONValue($0) } ?? .null,
                "manualApproval": .bool(state.manualApproval), "rejectNext": JSONValue(state.rejectNext),
                "expireCredentials": .bool(state.credentialsExpired), "outage": .bool(state.isOut),
                "issuers": JSONValue(state.issuers),
                "tokenLifetime": state.tokenLifetime.map { .number($0) } ?? .null,
                "limit": state.limit.map {
                    ["requests": JSONValue($0.requests), "seconds": .number($0.seconds)]
                } ?? .null,
                "refusedByLimit": JSONValue(state.refused),
                "disobey": JSONValue(state.disobedience.map(\.rawValue).sorted()),
            ]
            members.merge(state.own) { common, _ in common }
            return .object(members)
        }
    }

    /// Takes the members of `POST /control/cas/NAME`; nothing changes when one of them is wrong.
    func set(_ members: [String: JSONValue], now: Date) throws(Reply) {
        var changed = state.withLock { $0 }
        for (name, value) in members { try Self.set(name, value, &changed, now) }
        state.withLock { $0 = changed }
    }

    private static func set(_ name: String, _ value: JSONValue, _ state: inout State, _ now: Date) throws(Reply) {
        switch name {
        case "pendingPolls": state.pendingPolls = try optional(name, value, "a whole number or null") { $0.int }
        case "manualApproval": state.manualApproval = try needed(name, value, "true or false") { $0.bool }
        case "rejectNext": state.rejectNext = try optional(name, value, "a text or null") { $0.string }
        case "expireCredentials": state.credentialsExpired = try needed(name, value, "true or false") { $0.bool }
        case "outage": state.isOut = try needed(name, value, "true or false") { $0.bool }
        case "rotateIssuer": if try needed(name, value, "true or false", { $0.bool }) { state.issuers += 1 }
        case "expireTokens": if try needed(name, value, "true or false", { $0.bool }) { state.tokensValidFrom = now }
        case "tokenLifetime": state.tokenLifetime = try optional(name, value, "seconds or null") { $0.number }
        case "limit":
            state.limit = try optional(name, value, "{\"requests\": N, \"seconds\": S} or null") { value in
                guard let requests = value["requests"]?.int, let seconds = value["seconds"]?.number else { return nil }
                return (requests, seconds)
            }
            state.requests = []
        case "disobey":
            let words = value.array?.compactMap(\.string)
            let lies = words?.compactMap(Disobedience.init)
            guard let words, let lies, lies.count == words.count, words.count == value.array?.count else {
                let known = Disobedience.allCases.map(\.rawValue).joined(separator: ", ")
                throw ControlError.reply("'disobey' must be a list of: \(known)")
            }
            let untold = lies.compactMap { lie in state.untold[lie].map { "\(lie.rawValue): \($0)" } }
            guard untold.isEmpty else {
                throw ControlError.reply("this CA cannot tell the lie \(untold.joined(separator: ", "))")
            }
            state.disobedience = Set(lies)
        default:
            guard let present = state.own[name] else { throw ControlError.reply("this CA has no switch '\(name)'") }
            guard present.isNull || value.isNull || present.kindName == value.kindName else {
                throw ControlError.reply("'\(name)' must be \(present.kindName)")
            }
            state.own[name] = value
        }
    }

    private static func optional<Value>(
        _ name: String, _ value: JSONValue, _ expected: String, _ read: (JSONValue) -> Value?
    ) throws(Reply) -> Value? {
        value.isNull ? nil : try needed(name, value, expected, read)
    }

    private static func needed<Value>(
        _ name: String, _ value: JSONValue, _ expected: String, _ read: (JSONValue) -> Value?
    ) throws(Reply) -> Value {
        guard let value = read(value) else { throw ControlError.reply("'\(name)' must be \(expected)") }
        return value
    }
}
