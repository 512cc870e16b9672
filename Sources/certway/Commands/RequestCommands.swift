// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Store

/// `certway request`: certificates for servers, whose keys are made elsewhere.
enum RequestCommands {
    static let command = Command(
        "request", "certificates for servers, by requests that people bring",
        discussion: """
            A template with for: requests says which names may be asked for, and whether an administrator has to agree. The key
            stays where it was made: nothing is archived or delivered, the certificate is fetched here.
            """,
        examples: [
            ("certway request submit www.csr --dry-run", "may this be had?"),
            ("certway request list --state waiting", "what waits for a decision"),
        ],
        subcommands: [submit, list, show, approve, deny, withdraw, fetch, revoke])

    private static let request = Argument("REQUEST", "reference or number, as 'certway request list' shows it")
    private static let because = Option.value("because", "TEXT", "why, for the record (required)")

    private static let submit = Command(
        "submit", "hand a request in",
        discussion: """
            Takes a certificate request (PKCS #10) as PEM, DER or Base64; - reads standard input. A private key is refused.
            """,
        arguments: [Argument("FILE", "the request; - for standard input")],
        options: [
            .value("template", "NAME", "by which template; may be left out where there is one only"),
            .value("because", "TEXT", "what it is for"), .flag("dry-run", "look at it by the rules, and keep nothing"),
        ],
        examples: [("certway request submit www.csr --because 'new web server'", "ask for a certificate")]
    ) { invocation in
        let bytes = Array(try InputFile(invocation.requiredWord("FILE")).bytes())
        let administration = RequestAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        let template = invocation.value("template")
        guard !invocation.flag("dry-run") else {
            let check = try await administration.check(bytes, template: template)
            if invocation.wantsJSON {
                Terminal.print(json: check.json.text)
            } else {
                for finding in check.findings { Terminal.print("\(finding.isGood ? "ok" : "no")  \(finding.sentence)") }
                Terminal.print(check.isGood ? "it may be handed in (--dry-run)" : "it would be refused (--dry-run)")
            }
            return check.isGood ? .done : .failed
        }
        let made = try await administration.submit(
            bytes, template: template, because: invocation.value("because") ?? "")
        say(made, invocation)
        return .done
    }

    private static let list = Command(
        "list", "requests, newest first",
        options: [
            .value(
                "state", "STATE",
                "only this state: \(SubmittedRequest.State.allCases.map(\.rawValue).joined(separator: ", "))",
                repeats: true),
            .value("template", "NAME", "only this template"),
        ] + .list(OrderLedger.requestSorting),
        examples: [("certway request list --state waiting", "what waits for a decision")]
    ) { invocation in
        let states = try invocation.allValues("state").map { word in
            guard let state = SubmittedRequest.State(rawValue: word) else {
                let known = SubmittedRequest.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError("unknown state \"\(word)\", expected one of \(known)", path: invocation.path)
            }
            return state
        }
        let administration = RequestAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        try await invocation.show(requests, OrderLedger.requestSorting) {
            try await administration.list(
                states: states.isEmpty ? nil : Set(states), template: invocation.value("template"), $0)
        }
        return .done
    }

    private static let requests = ItemList<RequestStanding>(
        none: "no requests", each: \.json,
        [
            ListColumn(.short("REQUEST", 9), "reference") { $0.request.reference },
            ListColumn(.short("FROM", 16), "requester") { $0.request.requester },
            ListColumn(.short("TEMPLATE", 8, 2), "template") { $0.request.template },
            ListColumn(.sentence("HOSTS", lines: 2), "hosts") { $0.request.hosts.joined(separator: " ") },
            ListColumn("STATE", "state") { $0.state },
            ListColumn(.sentence("STANDING", lines: 2), "sentence") { $0.sentence },
        ])

    private static let show = Command(
        "show", "one request, and what has become of it", arguments: [request],
        examples: [("certway request show rq-…", "how far is it?")]
    ) { invocation in
        let administration = RequestAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        say(try await administration.show(invocation.requiredWord("REQUEST")), invocation)
        return .done
    }

    private static let approve = Command(
        "approve", "agree to a request: it is ordered", arguments: [request], options: [because],
        examples: [("certway request approve rq-… --because 'as discussed'", "order it")]
    ) { invocation in
        let administration = RequestAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        say(
            try await administration.approve(invocation.requiredWord("REQUEST"), because: try cause(invocation)),
            invocation)
        return .done
    }

    private static let deny = Command(
        "deny", "refuse a request", arguments: [request], options: [because],
        examples: [("certway request deny rq-… --because 'use the other name'", "and say why")]
    ) { invocation in
        let administration = RequestAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        say(
            try await administration.deny(invocation.requiredWord("REQUEST"), because: try cause(invocation)),
            invocation)
        return .done
    }

    private static let withdraw = Command(
        "withdraw", "take a request back that nobody has decided on", arguments: [request],
        examples: [("certway request withdraw rq-…", "it was a mistake")]
    ) { invocation in
        let administration = RequestAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        say(try await administration.withdraw(invocation.requiredWord("REQUEST")), invocation)
        return .done
    }

    private static let fetch = Command(
        "fetch", "the certificate of a request, as PEM", arguments: [request],
        options: [.flag("chain", "with the certificates above it, without the root")],
        examples: [("certway request fetch rq-… --chain > www.pem", "for the web server")]
    ) { invocation in
        let administration = RequestAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        let (pem, warning) = try await administration.fetch(
            invocation.requiredWord("REQUEST"), withChain: invocation.flag("chain"))
        Terminal.print(lines: pem.trimmingCharacters(in: .newlines))
        // Standard output is the file of a server: what a person has to know stands beside it.
        if let warning { Terminal.complain("certway: \(warning)") }
        return .done
    }

    private static let revoke = Command(
        "revoke", "have the certificate of a request of one's own revoked",
        discussion: """
            An administrator revokes any by 'certway certificate revoke'. The wish is on record at once and leaves some seconds
            later.
            """,
        arguments: [request],
        options: [
            .choice(
                "reason", RevocationReason.allCases.filter { $0 != .removeFromCRL }.map(\.name), "why",
                default: RevocationReason.unspecified.name),
            because, .flag("dry-run", "look whether it can be, and do nothing"),
        ],
        examples: [("certway request revoke rq-… --because 'the server is gone'", "nobody trusts it any more")]
    ) { invocation in
        let administration = RequestAdministration(try await Gateway.open(invocation), caller: invocation.caller)
        say(
            try await administration.revoke(
                invocation.requiredWord("REQUEST"),
                reason: invocation.value("reason").flatMap(RevocationReason.init(name:)) ?? .unspecified,
                because: try cause(invocation), isDryRun: invocation.flag("dry-run")), invocation)
        return .done
    }

    private static func cause(_ invocation: Invocation) throws -> String {
        guard let cause = invocation.value("because"), !cause.isEmpty else {
            throw UsageError("--because is missing", path: invocation.path)
        }
        return cause
    }

    private static func say(_ standing: RequestStanding, _ invocation: Invocation) {
        guard !invocation.wantsJSON else { return Terminal.print(json: standing.json.text) }
        let request = standing.request
        Terminal.print("\(request.reference), template \(request.template): \(standing.state)")
        Terminal.print("hosts: \(request.hosts.joined(separator: ", ")); key: \(request.keyType)")
        Terminal.print("from \(request.requester)" + (request.reason.isEmpty ? "" : ", because: \(request.reason)"))
        Terminal.print("\(standing.sentence)")
        if let order = standing.order { Terminal.print("'certway order show \(order.reference)' shows its way") }
    }
}
