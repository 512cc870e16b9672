// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Foundation
import Gateway
import Planning
import Records
import Settings

/// Exceptions: who is left out of a template, or included in it, beside its group.
public struct ExceptionAdministration: Sendable {
    private let gateway: Gateway
    private let caller: Caller
    private var actor: String { caller.name }

    /// - Parameter caller: who acts, for the record.
    public init(_ gateway: Gateway, caller: Caller) {
        self.gateway = gateway
        self.caller = caller
    }

    /// Makes exceptions, each in place of an earlier one; nothing is ordered or ended by this, but the next plan goes by it.
    ///
    /// - Parameters:
    ///   - until: from then on it is over; nil for no end.
    ///   - isDryRun: whether to tell only what it would be.
    /// - Throws: `SettingsError` for a template that there is not, an end that has passed and a word that does not mean one person;
    ///   `GraphError` for somebody outside the group who has to be read.
    public func add(
        _ words: [String], template: String, _ kind: EnrollmentException.Kind, until: Date?, because cause: String,
        isDryRun: Bool = false
    ) async throws -> [EnrollmentException] {
        try await entrance.pass(
            .grantException, to: wish(.grantException, template, words, cause), isDryRun ? .byTheUseCase : .all
        ) { try await make(words, template, kind, until, cause, isDryRun) }
    }

    private var entrance: Entrance { Entrance(caller, gateway.ledger.audit) }

    private func wish(
        _ action: AuditAction, _ template: String, _ words: [String], _ cause: String = ""
    ) -> Entrance.Wish {
        Entrance.Wish(
            action, AuditObject(.exception, "\(template)/\(words.first ?? "")"), person: words.first, because: cause)
    }

    private func make(
        _ words: [String], _ template: String, _ kind: EnrollmentException.Kind, _ until: Date?, _ cause: String,
        _ isDryRun: Bool
    ) async throws -> [EnrollmentException] {
        let template = try configured(template)
        let now = gateway.ledger.clock.now()
        if let until, until <= now {
            throw SettingsError(
                "--until: the day has passed, and the exception would be over at once", at: .commandLine)
        }
        var exceptions: [EnrollmentException] = []
        for word in words {
            let id = try await person(word)
            if kind == .include, !isDryRun {
                try await gateway.synchronizer(try gateway.graphClient()).learn([id])
            }
            let known = try await gateway.mirror.peopleAsMembers(ids: [id]).first?.person
            let former = try await gateway.planner.exceptions.of(id).first { $0.template == template.name }
            exceptions.append(
                EnrollmentException(
                    template: template.name, subscriberID: id, userPrincipalName: known?.userPrincipalName ?? word,
                    kind: kind, until: until, cause: cause, actor: actor, createdAt: now,
                    choice: kind == .include ? former?.choice ?? OrderChoice() : OrderChoice()))
        }
        if !isDryRun { try await gateway.planner.exceptions.put(exceptions) }
        return exceptions
    }

    /// - Parameters:
    ///   - template: of this one alone; nil for all.
    ///   - over: whether those that are over are told, too.
    public func list(template: String?, over: Bool) async throws -> [EnrollmentException] {
        let now = gateway.ledger.clock.now()
        return try await gateway.planner.exceptions.all().filter {
            (template == nil || $0.template == template) && (over || $0.isInForce(at: now))
        }
    }

    /// Ends an exception; the next plan goes by the group again.
    ///
    /// - Throws: `SettingsError` where there is none.
    public func end(
        _ word: String, template: String, isDryRun: Bool = false
    ) async throws -> EnrollmentException {
        try await entrance.pass(
            .grantException, to: wish(.endException, template, [word]), isDryRun ? .byTheUseCase : .all
        ) {
            try await finish(word, template, isDryRun)
        }
    }

    private func finish(_ word: String, _ template: String, _ isDryRun: Bool) async throws -> EnrollmentException {
        let all = try await gateway.planner.exceptions.all().filter { $0.template == template }
        var meant: EnrollmentException?
        switch try await NamedPeople(mirror: gateway.mirror).meaning(word) {
        case .person(let id): meant = all.meant(by: word, person: id)
        case .nobody(let reason):
            meant = all.meant(by: word, person: nil)
            if meant == nil { throw SettingsError("\(word) \(reason)", at: .commandLine) }
        }
        if isDryRun, let meant { return meant }
        guard let meant,
            try await gateway.planner.exceptions.end(
                template: template, subscriberID: meant.subscriberID, by: actor) != nil
        else {
            throw SettingsError(
                "there is no exception of template \(template) for \(word): 'certway exception list' shows them",
                at: .commandLine)
        }
        return meant
    }

    private func configured(_ name: String) throws -> TemplateConfiguration {
        try gateway.configuration.templateOfPeople(name)
    }

    private func person(_ word: String) async throws -> String {
        switch try await NamedPeople(mirror: gateway.mirror).meaning(word) {
        case .person(let id): return id
        case .nobody(let reason): throw SettingsError("\(word) \(reason)", at: .commandLine)
        }
    }
}
