// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments

/// `certway setup`: how far the first run is.
enum SetUpCommand {
    private static let steps = SetUpStep.allCases.map(\.rawValue)

    static let command = Command(
        "setup", "the steps to the first certificate, and which are done",
        discussion: """
            What is done is read off what there is: the configuration, the last look at the services, the orders. --look looks at tenant,
            Intune and CAs as 'certway doctor' does, and keeps what it finds; the service does the same when the console asks for it. A
            step that is left out stays among what needs somebody.
            """,
        options: [
            .choice("skip", steps, "leave this step out for now"),
            .choice("take-up", steps, "go on with a step that was left out"),
            .flag("look", "look at tenant, Intune and CAs first, and keep what is found"),
            .flag("dry-run", "change nothing"),
        ],
        examples: [
            ("certway setup", "what is next?"), ("certway setup --look", "may the application read what it must?"),
            ("certway setup --skip intune", "no delivery to devices for now"),
        ]
    ) { invocation in
        let isLook = invocation.value("skip") == nil && invocation.value("take-up") == nil && !invocation.flag("look")
        if isLook, try !invocation.home.hasDatabase() {
            let steps = SetUpAdministration.beginning(in: invocation.home)
            if invocation.wantsJSON { Terminal.print(json: SetUpAdministration.json(steps).text) } else { show(steps) }
            return .done
        }
        let gateway = try await Gateway.open(invocation)
        let administration = SetUpAdministration(gateway)
        for (option, isSkipped) in [("skip", true), ("take-up", false)] {
            guard let step = invocation.value(option) else { continue }
            _ = try await administration.skip(
                step, isSkipped, by: invocation.caller, isDryRun: invocation.flag("dry-run"))
        }
        if invocation.flag("look"), !invocation.flag("dry-run") {
            _ = try await ServiceAdministration(gateway).examine()
        }
        if invocation.wantsJSON {
            Terminal.print(json: try await administration.json().text)
            return .done
        }
        show(try await administration.standings())
        return .done
    }

    private static func show(_ standings: [SetUpStanding]) {
        var table = TextTable("STEP", "STATE", "COMMAND", .sentence("FOUND"))
        for one in standings { table.add(one.step.rawValue, one.state.rawValue, one.step.command, one.text) }
        Terminal.print(lines: table.text)
    }
}
