// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Planning
import Settings
import YAMLDocuments

extension TemplateCommands {
    static let switchCA = Command(
        "switch-ca", "take a template to another CA or product: says what that means, then does it",
        discussion: """
            Without --to and --back it shows the switch that is in force or to come. With --to it compares the two CAs and products, looks at
            everybody in the group as the directory was last read ('certway plan'), and says who could not get a certificate of the new
            product, whose order is under way, how many orders follow and when. Then, without --dry-run, the stored configuration changes as
            'certway apply' would change it, and 'certway export' shows it. Write the printed section into your own file: a file that still
            has the template as it was is refused by 'certway apply', which names the difference (--undo-switch applies it all the same).

            With --when renewal each certificate is renewed at the new CA. With --when now all are replaced at once, the new one before the
            old one, as far as limits.ordersPerRun goes; more waits for 'certway plan approve'. The old one is revoked as
            renewal.superseded of the template says, or with --overlap so many days after the new one came into use. Orders that the former
            CA has go on there. --back goes the way back at any time; what was bought meanwhile stays in use until it is renewed.
            """,
        arguments: [nameArgument],
        options: [
            .value("to", "BACKEND", "name of the backend CA to go to"),
            .value("product", "ID", "the product there; not needed where one fits alone"),
            .value(
                "set", "KEY=VALUE",
                "a further key of the template that changes with it, in YAML; nothing after = takes it out",
                repeats: true),
            .choice(
                "when", CASwitch.Pace.allCases.map(\.rawValue), "when certificates of the former CA are replaced",
                default: "renewal"),
            .value("from", "DATE", "begin on this day, such as 2027-01-31, with the first pass in UTC"),
            .value("overlap", "DAYS", "revoke former certificates so many days after the new ones came into use"),
            .flag("back", "go back to the CA before the last switch, or take back one that is to come"),
            .flag("accept-refused", "go on although half of the people could not get a certificate of the new product"),
            .flag("offline", "ask the new CA nothing"),
            .flag("dry-run", "say what it means and change nothing"),
        ],
        examples: [
            (
                "certway template switch-ca smime --to public-ca --product secure_email_sponsor --dry-run",
                "what would it mean?"
            ),
            (
                "certway template switch-ca smime --to public-ca --product secure_email_sponsor --when now --overlap 14",
                "all at once, the old ones revoked two weeks later"
            ),
            ("certway template switch-ca smime", "where does it stand?"),
            ("certway template switch-ca smime --back", "the way back"),
            (
                "certway template switch-ca smime --to public-ca --product secure_email_sponsor --from 2099-01-31",
                "with the renewals from that day on"
            ),
            ("certway template switch-ca smime --back --output json", "take that back, for programs"),
        ]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let administration = CASwitchAdministration(gateway, caller: invocation.caller)
        let name = invocation.requiredWord("TEMPLATE")
        let isDryRun = invocation.flag("dry-run")
        let pace = CASwitch.Pace(rawValue: invocation.value("when") ?? "") ?? .renewal
        let overlap = try invocation.int("overlap", in: 0...3650)
        let report: CASwitchReport
        if invocation.flag("back") {
            guard invocation.value("to") == nil, invocation.value("from") == nil else {
                throw UsageError("--back knows where to go: leave out --to and --from", path: invocation.path)
            }
            report = try await administration.back(
                name, pace: pace, overlapDays: overlap, isOffline: invocation.flag("offline"), isDryRun: isDryRun)
        } else if let backendCA = invocation.value("to") {
            var request = CASwitchRequest(
                template: name, backendCA: backendCA, product: invocation.value("product"),
                members: try members(invocation), pace: pace, overlapDays: overlap,
                isOffline: invocation.flag("offline"), acceptsRefusals: invocation.flag("accept-refused"))
            request.from = try day(invocation)
            report = try await administration.begin(request, isDryRun: isDryRun)
        } else {
            try await showSwitch(name, administration, gateway, invocation)
            return .done
        }
        if invocation.wantsJSON {
            Terminal.print(json: report.json.text)
        } else {
            for line in report.lines { Terminal.print("\(line)") }
        }
        for obstacle in report.obstacles { Terminal.complain("certway: \(obstacle)") }
        for warning in report.warnings { Terminal.complain("certway: warning: \(warning)") }
        return report.obstacles.isEmpty ? .done : .configurationInvalid
    }

    private static func day(_ invocation: Invocation) throws -> Date? {
        guard let text = invocation.value("from") else { return nil }
        guard let date = CalendarDay.date(text) else {
            throw UsageError("--from: found \"\(text)\", expected a day such as 2027-01-31", path: invocation.path)
        }
        return date
    }

    private static func members(_ invocation: Invocation) throws -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for text in invocation.allValues("set") {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw UsageError("--set: found \"\(text)\", expected KEY=VALUE", path: invocation.path)
            }
            guard !(["name", "group"] + CASwitch.identity).contains(parts[0]) else {
                throw UsageError(
                    "--set: \(parts[0]) is not changed like that" + (parts[0] == "product" ? "; say --product" : ""),
                    path: invocation.path)
            }
            members[parts[0]] = parts[1].isEmpty ? .null : try YAMLNode.parse(parts[1], file: "--set \(parts[0])").json
        }
        return members
    }

    /// The switch there is, and how far it has come.
    private static func showSwitch(
        _ name: String, _ administration: CASwitchAdministration, _ gateway: Gateway, _ invocation: Invocation
    ) async throws {
        guard let standing = try await administration.standing(name) else {
            return invocation.wantsJSON
                ? Terminal.print(json: "null")
                : Terminal.print(
                    "template \(name) was not switched by this command; --to BACKEND takes it to another CA")
        }
        guard !invocation.wantsJSON else { return Terminal.print(json: standing.json.text) }
        for line in standing.lines { Terminal.print("\(line)") }
    }
}
