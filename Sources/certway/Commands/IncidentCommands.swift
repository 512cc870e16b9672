// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Planning
import YAMLDocuments

/// `certway incident`: everything that matches is replaced by a deadline.
enum IncidentCommands {
    static let command = Command(
        "incident", "replace everything that matches by a deadline",
        discussion: """
            A CA that must revoke leaves 24 or 120 hours. An incident orders a successor for each certificate that matches, delivers
            it, and only then has the old one revoked; it goes on after any restart.
            """,
        examples: [
            (
                "certway incident start weak-keys --backend-ca public-ca --issued-before 2020-01-01 --deadline 120h --reason superseded --because 'weak keys' --dry-run",
                "who would be replaced, who must click, who cannot, and whether the deadline is met"
            )
        ],
        subcommands: [start, show, list, pause, resume, cancel, change, report, drill])

    static let nameArgument = Argument("NAME", "what the incident is called")

    private static let target: [CommandInterface.Option] = [
        .value("to-backend-ca", "NAME", "order the successors there (default: where each template orders)"),
        .value("to-product", "ID", "order this CA product (default: that of each template)"),
    ]
    private static let bounds: [CommandInterface.Option] = [
        .value("wave", "N", "the next N people begin when those before are through (default: everybody at once)"),
        .value("pace", "N/h", "at most N people begin in an hour (default: what the CA's limits allow)"),
    ]

    private static let start = Command(
        "start", "look ahead, and start",
        discussion: """
            Selects as 'certway certificate revoke' does: certificates, people, or everything that certificates have in common. Shows
            first how many certificates and people that is, who must prove the mailbox again because the last proof is older than 30
            days or unknown, who cannot be replaced and why, and when it would be done. Nothing begins without --accept and the number of
            certificates; that is the consent to as many orders, which no other limit bounds.

            The canary begins first; once it is delivered the incident waits for 'certway incident resume', or goes on by itself with
            --canary-auto. What has no successor at the deadline stays as it is, unless --revoke-at-deadline says otherwise: then
            people may lose their certificate and have none.
            """,
        arguments: [
            nameArgument,
            Argument(
                "CERTIFICATE", "serial numbers, fingerprints, references of orders or user principal names",
                optional: true,
                repeats: true),
        ],
        options: CertificateCommands.selectionOptions + [
            .value("deadline", "TIME", "120h, 5d, a day, or a time such as 2026-07-01T12:00:00Z (required)")
        ] + target + [
            .choice(
                "reason", RevocationReason.allCases.filter { $0 != .removeFromCRL }.map(\.name),
                "of the revocations, by RFC 5280", default: "superseded"),
            .value("because", "TEXT", "why, for the record; CAs may be told (required)"),
            .value("canary", "N", "N people first"),
            .flag("canary-auto", "the others follow by themselves once the canary is delivered"),
        ] + bounds + [
            .flag("revoke-at-deadline", "revoke at the deadline even what has no successor"),
            .value("accept", "N", "you know that N certificates are replaced and revoked"),
            .flag("dry-run", "only look ahead"),
        ],
        examples: [
            (
                "certway incident start weak-keys --backend-ca public-ca --issued-before 2020-01-01 --deadline 120h --because 'weak keys' --dry-run",
                "who would be replaced"
            ),
            (
                "certway incident start ca-fails --issuer 'No Such CA' --deadline 24h --to-backend-ca public-ca --because 'ticket 4711' --dry-run",
                "at another CA"
            ),
        ]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let now = gateway.ledger.clock.now()
        let name = invocation.requiredWord("NAME")
        guard !name.isEmpty, name.count <= 100 else {
            throw UsageError("NAME has \(name.count) characters, 1 to 100 are expected", path: invocation.path)
        }
        let selection = try CertificateCommands.selection(invocation)
        guard let deadline = try deadline(invocation, from: now) else {
            throw UsageError("--deadline is missing: 120h, or a time", path: invocation.path)
        }
        guard let reason = RevocationReason(name: invocation.value("reason") ?? "") else {
            throw UsageError("--reason is none of RFC 5280", path: invocation.path)
        }
        let cause = try CertificateCommands.sentence("because", invocation)
        let accepted = try invocation.int("accept", in: 1...10_000_000)
        var incident = Incident(
            name: name, reason: reason, cause: cause, actor: invocation.actor, startedAt: now, deadline: deadline,
            accepted: accepted ?? 0)
        incident.backendCA = invocation.value("to-backend-ca")
        incident.product = invocation.value("to-product")
        incident.canary = try invocation.int("canary", in: 0...10_000_000) ?? 0
        incident.isCanaryAutomatic = invocation.flag("canary-auto")
        incident.wave = try invocation.int("wave", in: 1...10_000_000)
        incident.pace = try pace(invocation)
        incident.revokesAtDeadline = invocation.flag("revoke-at-deadline")
        incident.selection = JSONValue(
            invocation.words(without: Set(["dry-run", "accept"] + GlobalOptions.all.map(\.name))).dropFirst(3).map(
                \.self))
        let administration = IncidentAdministration(gateway, caller: invocation.caller)
        let preview = try await administration.preview(incident, selection)
        let isMeant = accepted == preview.items.count && !preview.items.isEmpty
        let starts = isMeant && !invocation.flag("dry-run")
        if starts { _ = try await administration.start(preview) }
        IncidentText.show(preview, isStarted: starts, isDryRun: invocation.flag("dry-run"), invocation)
        return starts || invocation.flag("dry-run") ? .done : .partlyDone
    }

    static func deadline(_ invocation: Invocation, from now: Date) throws -> Date? {
        guard let text = invocation.value("deadline") else { return nil }
        let date =
            Duration(text: text).map { now.addingTimeInterval($0.seconds) } ?? CalendarDay.date(text)
            ?? (try? Date(text, strategy: .iso8601))
        guard let date else {
            throw UsageError(
                "--deadline: found \"\(text)\", expected a time from now such as 120h, a day such as 2026-07-01, or a time such as "
                    + "2026-07-01T12:00:00Z", path: invocation.path)
        }
        guard date > now else {
            throw UsageError("--deadline: \(text) is over already", path: invocation.path)
        }
        return date
    }

    private static func pace(_ invocation: Invocation) throws -> Int? {
        guard let text = invocation.value("pace") else { return nil }
        guard let number = Int(text.hasSuffix("/h") ? String(text.dropLast(2)) : text),
            (0...10_000_000).contains(number)
        else {
            throw UsageError(
                "--pace: found \"\(text)\", expected people in an hour, such as 200/h", path: invocation.path)
        }
        return number
    }

    private static let show = Command(
        "show", "how far it is, who must click, what fails, and when it will be done",
        discussion: "Computed from the ledger each time, so that it is right after any restart.",
        arguments: [nameArgument], options: [.flag("all", "also what is done")],
        examples: [("certway incident show weak-keys", "how far it is")]
    ) { invocation in
        let administration = IncidentAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        let progress = try await administration.progress(invocation.requiredWord("NAME"))
        IncidentText.show(progress, try await administration.events(of: progress.incident), invocation)
        return .done
    }

    private static let list = Command(
        "list", "all incidents, newest first", examples: [("certway incident list", "what is going on")]
    ) { invocation in
        let administration = IncidentAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        IncidentText.show(try await administration.list(), invocation)
        return .done
    }

    private static func step(
        _ name: String, _ help: String, _ discussion: String,
        _ body: @escaping @Sendable (IncidentAdministration, String) async throws -> Incident
    ) -> Command {
        Command(
            name, help, discussion: discussion, arguments: [nameArgument],
            examples: [("certway incident \(name) weak-keys", help)]
        ) { invocation in
            let administration = IncidentAdministration(try await Gateway.open(invocation), caller: invocation.caller)
            let incident = try await body(administration, invocation.requiredWord("NAME"))
            IncidentText.show(incident, invocation)
            return .done
        }
    }

    private static let pause = step(
        "pause", "let nothing new begin",
        "Orders under way are finished and delivered; nothing is revoked until 'certway incident resume'."
    ) { try await $0.pause($1) }

    private static let resume = step(
        "resume", "go on", "After a canary everybody else follows."
    ) { try await $0.resume($1) }

    private static let cancel = step(
        "cancel", "end it; what has begun is finished",
        "Nobody new begins. Whose successor is under way gets it, and then the old certificate is revoked: nothing is left half done."
    ) { try await $0.cancel($1) }

    private static let change = Command(
        "change", "another deadline, pace, wave, CA or product for the rest",
        discussion: """
            Orders that have left go on where they are. Those that have not left for the former CA are withdrawn, and ordered at the new
            one by the next pass. 0 takes a wave or pace away.
            """,
        arguments: [nameArgument],
        options: [.value("deadline", "TIME", "another deadline, counted from now")] + target + bounds + [
            .choice("at-deadline", ["revoke", "keep"], "what becomes of certificates without a successor then")
        ],
        examples: [("certway incident change weak-keys --pace 400/h", "faster")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        var wanted = IncidentAdministration.Change()
        wanted.deadline = try deadline(invocation, from: gateway.ledger.clock.now())
        wanted.backendCA = invocation.value("to-backend-ca")
        wanted.product = invocation.value("to-product")
        wanted.wave = try invocation.int("wave", in: 0...10_000_000)
        wanted.pace = try pace(invocation)
        wanted.revokesAtDeadline = invocation.value("at-deadline").map { $0 == "revoke" }
        let administration = IncidentAdministration(gateway, caller: invocation.caller)
        IncidentText.show(try await administration.change(invocation.requiredWord("NAME"), wanted), invocation)
        return .done
    }
}
