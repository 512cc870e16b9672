// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Gateway
public import JSONDocuments
public import Ledger
import Records
import Settings

/// The CA certificates by which backend CAs issue, and the word of a person that devices and mail services know them.
public struct ChainAdministration: Sendable {
    /// One of them, with the backend CA that issues by it.
    public struct Entry: Sendable {
        public let backendCA: String
        public let issuer: SeenIssuer
        /// What a person has to do, in order; empty once it is confirmed.
        public let steps: [String]

        public var json: JSONValue {
            var value = issuer.json
            value["backendCA"] = .string(backendCA)
            value["nextSteps"] = JSONValue(steps)
            return value
        }
    }

    private let gateway: Gateway
    private let caller: Caller

    /// - Parameter caller: who acts, for the record.
    public init(_ gateway: Gateway, caller: Caller) {
        self.gateway = gateway
        self.caller = caller
    }

    /// - Parameter name: of one backend CA; nil for all.
    /// - Throws: `SettingsError` for a name that nobody has.
    public func list(_ name: String?) async throws -> [Entry] {
        let names = gateway.configuration.backendCAs.map(\.name)
        if let name, !names.contains(name) { throw SettingsError.unknown("backend CA", name, names) }
        var entries: [Entry] = []
        for backendCA in names where name == nil || name == backendCA {
            entries += try await gateway.ledger.seenIssuers(of: backendCA).map {
                Entry(
                    backendCA: backendCA, issuer: $0,
                    steps: $0.confirmedAt == nil ? gateway.stepsToConfirm($0, of: backendCA) : [])
            }
        }
        return entries
    }

    /// - Parameters:
    ///   - words: beginnings of SHA-256 fingerprints; nil for all that are open.
    ///   - isDryRun: says which it would be, and writes nothing.
    /// - Returns: those that are confirmed by this.
    /// - Throws: `AccessDenied`; `SettingsError` for a word that means none, or several.
    public func confirm(_ name: String, _ words: [String]?, isDryRun: Bool = false) async throws -> [SeenIssuer] {
        let wish = Entrance.Wish(.confirmIssuer, AuditObject(.issuer, words?.first ?? name))
        return try await Entrance(caller, gateway.ledger.audit).pass(.configure, to: wish) {
            try await confirmed(name, words, isDryRun: isDryRun)
        }
    }

    private func confirmed(_ name: String, _ words: [String]?, isDryRun: Bool) async throws -> [SeenIssuer] {
        let known = try await list(name).map(\.issuer)
        var meant: Set<String> = []
        for word in words ?? known.map(\.sha256Fingerprint) {
            let beginning = word.lowercased().replacing(":", with: "").replacing("…", with: "")
            let found = known.filter { $0.sha256Fingerprint.lowercased().hasPrefix(beginning) }
            guard found.count == 1, beginning.count >= 8 else {
                throw SettingsError(
                    "\(word) means \(found.count) CA certificates of \(name): give at least 8 digits of the fingerprint that 'certway ca chain "
                        + "list \(name)' shows", at: .commandLine)
            }
            meant.insert(found[0].sha256Fingerprint)
        }
        guard !isDryRun else {
            return known.filter { $0.confirmedAt == nil && meant.contains($0.sha256Fingerprint) }
        }
        return try await gateway.ledger.confirmIssuers(meant, of: name, by: AuditActor(named: caller.name))
    }
}
