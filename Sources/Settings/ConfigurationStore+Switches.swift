// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import JSONDocuments
import Ledger
public import Records

extension ConfigurationStore {
    /// The switches of templates to another CA: those in force, and those to come.
    public func switches() async throws -> [CASwitch] {
        try await ledger?.documents(CASwitch.kind).map(CASwitch.init) ?? []
    }

    /// Begins the switches whose day has come: each changes its template as `apply` would, once, whoever asks.
    ///
    /// - Returns: those that have begun just now.
    public func beginDueSwitches(at now: Date) async throws -> [CASwitch] {
        guard let ledger else { return [] }
        let due = try await ledger.documents(CASwitch.kind).filter { document in
            let change = CASwitch(document)
            return change.begunAt == nil && change.keptBecause == nil && change.from.map { $0 <= now } ?? true
        }
        guard !due.isEmpty else { return [] }
        let templates = try await ledger.documents("templates")
        var begun: [CASwitch] = []
        for document in due {
            var change = CASwitch(document)
            let asked = DocumentChange.expect(kind: CASwitch.kind, name: change.template, body: document.body)
            guard let template = templates.first(where: { $0.name == change.template }) else {
                try await ledger.apply([asked, .delete(kind: CASwitch.kind, name: change.template)])
                continue
            }
            change.begunAt = now
            do {
                try await ledger.apply([
                    asked, .expect(kind: "templates", name: template.name, body: template.body),
                    .put(
                        kind: "templates", name: template.name,
                        body: CASwitch.applying(change.next, to: template.body)),
                    .put(kind: CASwitch.kind, name: change.template, body: change.json),
                ])
                begun.append(change)
            } catch LedgerError.notPossible(_) {
                // Somebody has changed the one or the other just now: the next look sees it.
            }
        }
        return begun
    }

    /// Keeps switches that are to come from beginning by themselves: whether they are still wanted is not known.
    ///
    /// - Parameter cause: why, for people.
    public func keepComingSwitches(because cause: String, by actor: AuditActor) async throws {
        guard let ledger else { return }
        for document in try await ledger.documents(CASwitch.kind) {
            var change = CASwitch(document)
            if change.begunAt != nil || change.keptBecause != nil { continue }
            change.keptBecause = cause
            try await ledger.apply(
                [
                    .expect(kind: CASwitch.kind, name: change.template, body: document.body),
                    .put(kind: CASwitch.kind, name: change.template, body: change.json),
                ], by: actor)
        }
    }
}
