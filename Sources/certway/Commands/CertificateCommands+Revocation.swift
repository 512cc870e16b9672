// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Settings
import YAMLDocuments

extension CertificateCommands {
    private static let reasons = RevocationReason.allCases.filter { $0 != .removeFromCRL }.map(\.name)
    private static let sampleSize = 10

    /// Whether what was selected may be asked for.
    private enum Leave {
        case given, dryRun, tooMany
        /// So many were accepted, and it is another number.
        case others(Int)

        init(for count: Int, _ limit: Int, _ invocation: Invocation) throws {
            if let accepted = try invocation.int("accept", in: 1...10_000_000), accepted != count {
                self = .others(accepted)
            } else if invocation.flag("dry-run") {
                self = .dryRun
            } else {
                self = try count > limit && invocation.int("accept") == nil ? .tooMany : .given
            }
        }

        var isGiven: Bool { if case .given = self { true } else { false } }
        var isRefused: Bool {
            switch self {
            case .tooMany, .others: true
            case .given, .dryRun: false
            }
        }

        func sentence(_ count: Int, _ limit: Int) -> String {
            switch self {
            case .given: "asked for; 'certway run --once' or the service carries it out"
            case .dryRun: "nothing was asked for (--dry-run)"
            case .others(let accepted):
                "nothing was asked for: --accept says \(accepted), and it is \(count) now"
            case .tooMany:
                "nothing was asked for: \(count) are more than limits.endingsPerRun (\(limit)); --accept \(count) says that "
                    + "you mean them"
            }
        }
    }

    static let revoke = Command(
        "revoke", "have certificates revoked at their CAs",
        discussion: """
            Puts the wish on record; the service, or 'certway run --once', carries it out and repeats it until the CA has taken it.
            'certway certificate show' has three lamps: asked, taken by the CA, and seen in the list or by the responder that the
            certificate names. With --in nothing leaves before, and 'certway certificate undo-revocation' takes it back. Where a
            CA cannot be asked to revoke, the order's timeline and 'certway doctor' say what a person has to do there.

            Many are selected by what they have in common; all that is given must hold. Over limits.endingsPerRun nothing is
            asked for without --accept and their number.
            """,
        arguments: [manyArgument],
        options: selectionOptions + [
            .choice("reason", reasons, "by RFC 5280; the CA may offer fewer", default: "unspecified"),
            .value("because", "TEXT", "why, for the record; the CA may be told (required)"),
            .value("in", "TIME", "not before this time has passed, such as 1h; until then it can be taken back"),
            .value("accept", "N", "you know that N certificates are revoked"),
            .flag("retry", "those that a person has to look at: you have looked, try again now"),
            .flag("dry-run", "tell which, and ask for nothing"),
        ],
        examples: [
            (
                "certway certificate revoke 0C0FFE… --reason keyCompromise --because 'laptop stolen, ticket 4711' --in 1h",
                "in an hour, if nobody takes it back"
            ),
            (
                "certway certificate revoke --backend-ca public-ca --issued-before 2020-01-01 --reason superseded --because 'weak keys' --dry-run",
                "how many that would be, and whose"
            ),
        ]
    ) { invocation in
        let selection = try selection(invocation)
        let gateway = try await Gateway.open(invocation)
        try await invocation.requireKnownNames(in: gateway.store)
        let actions = CertificateActions(gateway.ledger, gateway.mirror, caller: invocation.caller)
        let (found, over, unknown) = try await actions.find(selection)
        if invocation.flag("retry") { return try await change(.retry, found, over, unknown, actions, invocation) }
        guard let reason = RevocationReason(name: invocation.value("reason") ?? "") else {
            throw UsageError("--reason is none of RFC 5280", path: invocation.path)
        }
        let cause = try sentence("because", invocation)
        let delay = try invocation.value("in").map { text in
            guard let delay = Duration(text: text) else {
                throw UsageError(
                    "--in: found \"\(text)\", expected a time such as 30m, 1h or 2d", path: invocation.path)
            }
            return delay
        }
        let limit = gateway.configuration.limits.endingsPerRun
        let leave = try Leave(for: found.count, limit, invocation)
        try actions.require(reason, for: found) { name in
            gateway.configuration.backendCA(name).flatMap { gateway.profiles.catalogue.outline(named: $0.connector) }
        }
        let follows = try await ManyCertificates(gateway, invocation.caller).outlook(onRevoking: found, reason)
        let made = leave.isGiven ? try await actions.revoke(found, reason: reason, cause: cause, delay: delay) : []
        var sentence = found.isEmpty ? "nothing to ask for" : leave.sentence(found.count, limit)
        // Of what is only noted nothing leaves, now or later.
        if leave.isGiven, !found.isEmpty, let delay { sentence += ", not before \(delay.text) from now" }
        if reason == .keyCompromise, !over.isEmpty {
            if leave.isGiven { try await actions.noteCompromise(of: over, cause: cause) }
            sentence += "; " + Self.compromised(over.count, isNoted: leave.isGiven)
        }
        // A wish of before that is graver, or that has left, is what it is.
        let others = made.filter { $0.state != .asked || $0.reason != reason }
        if let other = others.first {
            sentence +=
                "; \(Plural(others.count, "of them was", "of them were")) asked for before and \(others.count == 1 ? "stays" : "stay") as "
                + "asked then: \(other.reason?.name ?? "unspecified"), \(other.state.rawValue)"
        }
        show(found, over, unknown, made, sentence, "to be revoked", limit, invocation, follows: follows)
        return leave.isRefused ? .partlyDone : .done
    }

    private static func compromised(_ count: Int, isNoted: Bool) -> String {
        "\(Plural(count, "key")) of what is revoked or over \(isNoted ? "\(count == 1 ? "is" : "are") on record" : "would be on record") as "
            + "compromised: \(count == 1 ? "it is" : "they are") neither certified nor delivered any more, and taken from the devices; "
            + "what the CA publishes stays as it is"
    }

    static let undoRevocation = Command(
        "undo-revocation", "take a revocation back that has not left",
        discussion: "What has left for the CA, or was about to, cannot be taken back.",
        arguments: [manyArgument],
        options: selectionOptions,
        examples: [("certway certificate undo-revocation 0C0FFE…", "the laptop was found")]
    ) { invocation in
        let selection = try selection(invocation)
        let store = try await GatewayStore.open(invocation.home)
        let actions = CertificateActions(store.ledger, store.mirror, caller: invocation.caller)
        let (found, over, unknown) = try await actions.find(selection)
        return try await change(.undo, found, over, unknown, actions, invocation)
    }

    private static func change(
        _ change: CertificateActions.Change, _ found: [CertificateRecord], _ over: [CertificateRecord],
        _ unknown: [String],
        _ actions: CertificateActions, _ invocation: Invocation
    ) async throws -> ExitStatus {
        var (changed, refused) = try await actions.change(found, change)
        // Beside what was changed they are no failure: a person has them from former years.
        let left = over.isEmpty ? "" : "\(Plural(over.count, "certificate")) revoked or expired already"
        if changed.isEmpty, refused.isEmpty, !over.isEmpty { refused.append("\(left): nothing is left to change") }
        refused += [CertificateSelection.sentence(unknown: unknown)].compactMap(\.self)
        if invocation.wantsJSON {
            Terminal.print(
                json: JSONValue.object([
                    "changed": .array(changed.map(\.json)), "refused": JSONValue(refused),
                ]).text)
        } else {
            let word = change == .undo ? "taken back" : "tried again"
            Terminal.print(
                "\(Plural(changed.count, "revocation")) \(word)"
                    + (changed.isEmpty || left.isEmpty
                        ? "" : "; \(left), and left as \(over.count == 1 ? "it is" : "they are")"))
        }
        for reason in refused { Terminal.complain("certway: \(reason)") }
        return refused.isEmpty ? .done : changed.isEmpty ? .failed : .partlyDone
    }

    static let withdraw = Command(
        "withdraw", "take certificates out of Intune, so that devices lose them",
        discussion: """
            Deletes the imported PFX, also of a certificate that is revoked or over; the CA is not told, and what is valid stays valid.
            Records of other certificates are not touched. With --order-again a new certificate is ordered for each person at once, which costs what an order costs.
            """,
        arguments: [manyArgument],
        options: selectionOptions + [
            .value("because", "TEXT", "why, for the record (required)"),
            .flag("order-again", "order a new one for each, by the template as it is now"),
            .value("accept", "N", "you know that it is N certificates"),
            .flag("dry-run", "tell which, and ask for nothing"),
        ],
        examples: [
            (
                "certway certificate withdraw 0C0FFE… --because 'wrong profile on the devices' --dry-run",
                "which one that would be"
            )
        ]
    ) { invocation in
        let selection = try selection(invocation)
        let cause = try sentence("because", invocation)
        let gateway = try await Gateway.open(invocation)
        try await invocation.requireKnownNames(in: gateway.store)
        let actions = CertificateActions(gateway.ledger, gateway.mirror, caller: invocation.caller)
        let (found, over, unknown) = try await actions.find(selection, isToWithdraw: true)
        let limit = gateway.configuration.limits.endingsPerRun
        let leave = try Leave(for: found.count, limit, invocation)
        let isOrderedAgain = invocation.flag("order-again")
        let made =
            leave.isGiven ? try await actions.withdraw(found, cause: cause, isOrderedAgain: isOrderedAgain) : []
        var sentence = leave.sentence(found.count, limit)
        var refused: [String] = []
        if leave.isGiven, isOrderedAgain {
            let orders = OrderAdministration(gateway.ledger, caller: invocation.caller)
            var count = 0
            for record in found where record.status == .active || found.count == 1 {
                do {
                    _ = try await orders.orderAnother(for: record, gateway, because: cause)
                    count += 1
                } catch let error as LedgerError {
                    refused.append("\(record.userPrincipalName): \(error)")
                }
            }
            sentence += "; \(Plural(count, "new order")) planned"
        }
        show(found, over, unknown, made, sentence, "to be taken out of Intune", limit, invocation)
        for reason in refused { Terminal.complain("certway: \(reason)") }
        return leave.isRefused || !refused.isEmpty ? .partlyDone : .done
    }

    /// Number, people and a sample.
    ///
    /// - Parameter follows: what it means for the people; nil where that is said elsewhere.
    private static func show(
        _ found: [CertificateRecord], _ over: [CertificateRecord], _ unknown: [String], _ made: [CertificateAction],
        _ sentence: String, _ what: String, _ limit: Int, _ invocation: Invocation,
        follows: String? = nil
    ) {
        if let sentence = CertificateSelection.sentence(unknown: unknown) { Terminal.complain("certway: \(sentence)") }
        let people = Set(found.map(\.subscriberID)).count
        if invocation.wantsJSON {
            Terminal.print(
                json: JSONValue.object([
                    "certificates": JSONValue(found.count), "people": JSONValue(people), "over": JSONValue(over.count),
                    "unknown": JSONValue(unknown),
                    "limit": JSONValue(limit), "asked": JSONValue(made.count),
                    "sample": .array(found.prefix(sampleSize).map(\.json)), "actions": .array(made.map(\.json)),
                    "follows": JSONValue(follows),
                ]).text)
            return
        }
        var table = TextTable(.short("SERIAL NUMBER", 13), .short("USER", 20), .short("TEMPLATE", 8, 1), "VALID TO")
        for record in found.prefix(sampleSize) {
            table.add(record.serialNumber, record.userPrincipalName, record.template, record.notAfter.day)
        }
        if !table.isEmpty { Terminal.print(lines: table.text) }
        if found.count > sampleSize { Terminal.print("… and \(found.count - sampleSize) more") }
        let left = over.isEmpty ? "" : "; \(over.count) revoked or expired already"
        Terminal.print(
            "\(Plural(found.count, "certificate")) of \(Plural(people, "person", "people")) \(what)\(left): \(sentence)"
        )
        if let follows, !follows.isEmpty { Terminal.print("what follows: \(follows)") }
    }
}
