// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import YAMLDocuments

/// `certway export`: prints the stored configuration.
enum ExportCommand {
    static let command = Command(
        "export", "print the stored configuration as YAML",
        discussion: "What it prints can be applied again. Secrets are references and stay references.",
        examples: [("certway export > certway.yaml", "keep the configuration as a file")]
    ) { invocation in
        let yaml = try await ConfigurationAdministration(
            invocation.home, invocation.profiles, caller: invocation.caller
        ).export()
        // JSON is YAML, too, and spells what may not reach a terminal so that it can be applied again.
        if invocation.wantsJSON || VisibleText.lines(yaml) != yaml {
            Terminal.print(json: try YAMLNode.parse(yaml, file: "export").json.prettyText)
        } else {
            Terminal.print(lines: yaml.trimmingCharacters(in: .newlines))
        }
        return .done
    }
}
