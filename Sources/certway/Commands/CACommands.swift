// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Settings
import Store

/// `certway ca`: the backend CAs.
enum CACommands {
    static let command = Command(
        "ca", "look at backend CAs",
        examples: [("certway ca check", "are all CAs reachable, and do they accept our credentials?")],
        subcommands: [list, check, products, chain, ConformanceCommand.command] + AuthorityCommands.all)

    private static let nameArgument = Argument("NAME", "name of the backend CA")

    private static let sorting = ListSorting(
        keys: ["file", "name", "connector", "state"], standard: ListSort("file"))

    private static let list = Command(
        "list", "all backend CAs, and what each can do", options: .list(sorting),
        examples: [("certway ca list --sort connector", "those of one kind beside each other")]
    ) { invocation in
        let summaries = BackendCAAdministration(try await Gateway.open(invocation)).list()
        try await invocation.show(backendCAs, sorting) { request in
            try ListPage(of: summaries, sorting, request) { summary, key in
                switch key {
                case "name": summary.name
                case "connector": summary.connector
                case "state": summary.state
                default: ""
                }
            }
        }
        return .done
    }

    private static let backendCAs = ItemList<BackendCASummary>(
        none: "no backend CAs; add some and run 'certway apply -f FILE'", each: \.json,
        [
            ListColumn(.short("BACKEND CA", 16), "name") { $0.name },
            ListColumn(.short("CONNECTOR", 12, 1), "connector") { $0.connector },
            ListColumn(.sentence("STATE"), "state") { $0.state },
            ListColumn(.sentence("ABILITIES"), "abilities") { $0.abilities.joined(separator: ", ") },
        ])

    private static let check = Command(
        "check", "reachable, authorised, may issue, and will what it issues be accepted?",
        arguments: [Argument("NAME", "backend CAs; all when left out", optional: true, repeats: true)],
        examples: [
            ("certway ca check", "all of them"), ("certway ca check public-ca --output json", "one, for monitoring"),
        ]
    ) { invocation in
        let administration = BackendCAAdministration(try await Gateway.open(invocation))
        let words = invocation.allWords("NAME")
        for name in words where !administration.names.contains(name) {
            throw SettingsError.unknown("backend CA", name, administration.names)
        }
        var checks: [BackendCACheck] = []
        for name in words.isEmpty ? administration.names : words {
            let check = await administration.check(name)
            checks.append(check)
            if !invocation.wantsJSON { show(check) }
        }
        if invocation.wantsJSON { Terminal.print(json: JSONValue.array(checks.map(\.json)).text) }
        return checks.allSatisfy(\.isGood) ? .done : .failed
    }

    private static func show(_ check: BackendCACheck) {
        switch check.result {
        case .success(let report):
            let facts = report.facts.map { "\($0.name) \($0.value)" }
            Terminal.print("\(check.name): ok, \(([report.account] + facts).joined(separator: ", "))")
            for warning in report.warnings { Terminal.print("\(check.name): note: \(warning)") }
        case .failure(let problem): Terminal.print("\(check.name): \(problem.sentence)")
        }
        for sentence in check.newIssuers { Terminal.print("\(check.name): warning: \(sentence)") }
        for problem in check.configuration { Terminal.print("\(check.name): failed: \(problem)") }
        for finding in check.roots {
            let label = finding.verdict == .ok ? "" : "\(finding.verdict.rawValue): "
            Terminal.print("\(check.name): \(finding.subject): \(label)\(finding.text)")
        }
    }

    private static let productSorting = ListSorting(keys: ["ca", "product", "title"], standard: ListSort("ca"))

    private static let products = Command(
        "products", "what the CA account may order", arguments: [nameArgument], options: .list(productSorting),
        examples: [("certway ca products public-ca", "ids for 'product' in templates")]
    ) { invocation in
        let administration = BackendCAAdministration(try await Gateway.open(invocation))
        let products = try await administration.products(invocation.requiredWord("NAME"))
        try await invocation.show(offered, productSorting) { request in
            try ListPage(of: products, productSorting, request) { offered, key in
                switch key {
                case "product": offered.product.id
                case "title": offered.product.title
                default: ""
                }
            }
        }
        return .done
    }

    private static let offered = ItemList<OfferedProduct>(
        none: "the CA offers this account nothing", each: \.json,
        [
            ListColumn("PRODUCT", "id") { $0.product.id },
            ListColumn(.sentence("TITLE"), "title") { $0.product.title },
            ListColumn("IN PROFILE", "isInProfile") { $0.isInProfile ? "yes" : "no" },
        ])
}
