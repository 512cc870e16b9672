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
            invocation.home, invocation.profiles, actor: invocation.actor
        ).export()
        let text =
            invocation.wantsJSON
            ? try YAMLNode.parse(yaml, file: "export").json.prettyText : yaml.trimmingCharacters(in: .newlines)
        Terminal.print(text)
        return .done
    }
}
