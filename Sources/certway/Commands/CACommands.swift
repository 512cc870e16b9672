// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments

/// `certway ca`: the backend CAs.
enum CACommands {
    static let command = Command(
        "ca", "look at backend CAs",
        examples: [("certway ca check", "are all CAs reachable, and do they accept our credentials?")],
        subcommands: [list, check, products, ConformanceCommand.command] + AuthorityCommands.all)

    private static let nameArgument = Argument("NAME", "name of the backend CA")

    private static let list = Command("list", "all backend CAs, and what each can do") { invocation in
        let summaries = BackendCAAdministration(try await Gateway.open(invocation)).list()
        if invocation.wantsJSON {
            Terminal.print(json: JSONValue.array(summaries.map(\.json)).text)
            return .done
        }
        var table = TextTable("BACKEND CA", "CONNECTOR", "STATE", "ABILITIES")
        for summary in summaries {
            table.add(summary.name, summary.connector, summary.state, summary.abilities.joined(separator: ", "))
        }
        Terminal.print(lines: table.text)
        return .done
    }

    private static let check = Command(
        "check", "reachable, authorised, may issue, and will what it issues be accepted?",
        arguments: [Argument("NAME", "backend CAs; all when left out", optional: true, repeats: true)]
    ) { invocation in
        let administration = BackendCAAdministration(try await Gateway.open(invocation))
        let words = invocation.allWords("NAME")
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
        for finding in check.roots {
            let label = finding.verdict == .ok ? "" : "\(finding.verdict.rawValue): "
            Terminal.print("\(check.name): \(finding.subject): \(label)\(finding.text)")
        }
    }

    private static let products = Command(
        "products", "what the CA account may order", arguments: [nameArgument],
        examples: [("certway ca products public-ca", "ids for 'product' in templates")]
    ) { invocation in
        let administration = BackendCAAdministration(try await Gateway.open(invocation))
        let products = try await administration.products(invocation.requiredWord("NAME"))
        if invocation.wantsJSON {
            Terminal.print(json: JSONValue.array(products.map(\.json)).text)
            return .done
        }
        var table = TextTable("PRODUCT", "TITLE", "IN PROFILE")
        for offered in products {
            table.add(offered.product.id, offered.product.title, offered.isInProfile ? "yes" : "no")
        }
        Terminal.print(lines: table.text)
        return .done
    }
}
