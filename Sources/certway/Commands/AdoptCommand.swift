// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import YAMLDocuments

/// `certway adopt`: takes over certificates that another product has ordered.
enum AdoptCommand {
    static let command = Command(
        "adopt", "take over certificates that another product has ordered",
        discussion: """
            For a site that moves in: whoever has a valid certificate already gets no second one. Reads the list of a backend CA, or files
            with certificates, finds for each certificate the person and the template that would order it, and puts it on record as the
            one in use: from then on it is renewed, replaced and revoked as if it had been ordered here. Orders nothing. Its private key
            stays where it is: it is neither archived nor delivered again before the renewal.

            Look with --dry-run first: it says for each certificate what becomes of it, and for how many people the next plan still orders.
            """,
        options: [
            .value("backend-ca", "NAMES", "read the lists of these backend CAs, with commas between them"),
            .value("certificates", "FILES", "certificates in files (PEM, DER), with commas between them"),
            .value("template", "NAMES", "only for these templates, with commas between them"),
            .flag("dry-run", "tell what would be adopted, and change nothing"),
        ],
        examples: [
            ("certway adopt --backend-ca public-ca --dry-run", "what of the CA's list would be adopted"),
            ("certway adopt --certificates export.pem --template smime --dry-run", "an export of the former product"),
        ]
    ) { invocation in
        func list(_ option: String) -> [String] {
            (invocation.value(option) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        var wish = AdoptAdministration.Wish()
        wish.backendCAs = list("backend-ca")
        wish.files = list("certificates").map { InputFile($0) }
        wish.templates = list("template")
        let gateway = try await Gateway.open(invocation)
        let administration = AdoptAdministration(gateway, caller: invocation.caller)
        let progress = ProgressLine()
        var report = try await administration.look(wish) { name, count in
            progress.show("\(name): \(count) entries read")
        }
        progress.clear()
        let isDryRun = invocation.flag("dry-run")
        if !isDryRun { report = try await administration.adopt(report) }
        if invocation.wantsJSON {
            Terminal.print(json: report.json().prettyText)
        } else {
            show(report, isDryRun: isDryRun)
        }
        for problem in report.problems { Terminal.complain("certway: \(problem)") }
        return report.problems.isEmpty ? .done : .partlyDone
    }

    private static func word(_ outcome: Adoption.Outcome) -> String {
        switch outcome {
        case .adopt: "adopted"
        case .adoptAndReplace: "replaced"
        case .leave: "left"
        }
    }

    private static func show(_ report: AdoptionReport, isDryRun: Bool) {
        var table = TextTable(
            .short("USER", 24), .short("TEMPLATE", 12), "ENDS", .short("SERIAL", 12, 1), .short("BECOMES", 9),
            .sentence("WHY, AND WHERE IT WAS FOUND"))
        for adoption in report.adoptions {
            let person = adoption.userPrincipalName ?? adoption.emails.first ?? ""
            let remarks = [adoption.reason, adoption.isInIntune ? "in Intune" : "", adoption.foundIn]
            table.add(
                person, adoption.template ?? "", CalendarDay.text(adoption.validTo), adoption.serialNumber,
                word(adoption.outcome), remarks.filter { !$0.isEmpty }.joined(separator: "; "))
        }
        if !table.isEmpty { Terminal.print(lines: table.text + "\n") }
        let (adopted, replaced) = (report.count(.adopt), report.count(.adoptAndReplace))
        let become = isDryRun ? "would be adopted" : "adopted"
        let next = replaced > 0 ? ", \(replaced) of them replaced by the next plan" : ""
        Terminal.print(
            "\(report.adoptions.count) found: \(adopted + replaced) \(become)\(next), \(report.count(.leave)) left alone"
        )
        for entry in report.toOrder {
            guard let before = entry.before, let after = entry.after else {
                Terminal.print(
                    "template \(entry.template): for how many the next plan orders is not known, it could not be looked at"
                )
                continue
            }
            Terminal.print("template \(entry.template): the next plan orders for \(after) instead of \(before)")
        }
        if isDryRun { Terminal.print("dry run: nothing was adopted") }
    }
}
