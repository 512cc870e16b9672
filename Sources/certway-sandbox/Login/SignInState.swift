// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Who is signed in to the tenant, the codes it gave out, and the switches of its sign-in.
final class SignInState: Sendable {
    /// The roles that a sign-in page offers by one click, each to a person of its own, by the value of the app role.
    static let appRoles = [
        "Administrator", "Helpdesk", "Integrator", "KeyRecoveryAgent", "Auditor", "Requester",
    ].map { "Certway.\($0)" }

    /// What a browser has with the tenant.
    struct BrowserSession: Sendable {
        let id: String
        let person: Int
        let startedAt: Date
        /// Origins of the applications that were signed in to: they are told at the end.
        var applications: [String] = []
    }

    /// What a code stands for.
    struct Code: Sendable {
        let clientID: String
        let redirectURI: String
        let challenge: String?
        let method: String
        let nonce: String?
        let scope: String
        let session: BrowserSession
        let expiresAt: Date
        var isRedeemed = false
    }

    /// What the control API sets.
    struct Switches: Sendable {
        /// In addition to `/auth/callback` on loopback.
        var redirectURIs: [String] = []
        /// Where the tenant says that a session is over; `/auth/frontchannel` of each application when empty.
        var logoutURLs: [String] = []
        /// Whether tokens name groups.
        var groupClaims = true
        /// From how many groups on a token names where to ask.
        var groupLimit = 200
        /// App roles of people by number, where they are others than at the beginning.
        var assignments: [Int: [String]] = [:]
        /// App roles of the application that is for automation.
        var applicationRoles = ["Certway.Auditor"]
        /// Of access tokens for the gateway.
        var tokenVersion = 2
        /// Whether only those with an app role are let in (AADSTS50105).
        var requiresAssignment = false
    }

    private struct Guarded {
        var sessions: [String: BrowserSession] = [:]
        var codes: [String: Code] = [:]
        var switches = Switches()
    }

    private let guarded = Mutex(Guarded())

    var switches: Switches { guarded.withLock { $0.switches } }
    func set(_ body: (inout Switches) -> Void) { guarded.withLock { body(&$0.switches) } }

    /// App roles of a person: those at the beginning go to the first people, one each.
    func roles(of person: Int) -> [String] {
        switches.assignments[person] ?? (Self.appRoles.indices.contains(person) ? [Self.appRoles[person]] : [])
    }

    func session(_ id: String?) -> BrowserSession? { id.flatMap { id in guarded.withLock { $0.sessions[id] } } }

    /// The session of a person in a browser: the one there is, or a new one.
    func begin(_ person: Int, in known: BrowserSession?, application: String, at now: Date) -> BrowserSession {
        guarded.withLock { guarded in
            var session =
                known.flatMap { $0.person == person ? $0 : nil }
                ?? BrowserSession(id: GUID.random(), person: person, startedAt: now)
            if !session.applications.contains(application) { session.applications.append(application) }
            guarded.sessions[session.id] = session
            return session
        }
    }

    func end(_ id: String) { guarded.withLock { $0.sessions[id] = nil } }

    /// Every session with the tenant.
    var sessions: [BrowserSession] { guarded.withLock { Array($0.sessions.values) } }

    /// A code for what was asked; over a kilobyte long, as real ones.
    func keep(_ code: Code) -> String {
        let text = "1." + (0..<32).map { _ in GUID.random().filter { $0 != "-" } }.joined()
        guarded.withLock { $0.codes[text] = code }
        return text
    }

    /// The code, and whether it was redeemed before; it is from now on.
    func redeem(_ text: String) -> Code? {
        guarded.withLock { guarded in
            defer { guarded.codes[text]?.isRedeemed = true }
            return guarded.codes[text]
        }
    }
}
