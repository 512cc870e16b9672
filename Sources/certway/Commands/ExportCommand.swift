// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Settings
import YAMLDocuments

/// `certway export`: prints the stored configuration.
enum ExportCommand {
    static let command = Command(
        "export", "print the stored configuration as YAML",
        discussion: "What it prints can be applied again. Secrets are references and stay references.",
        examples: [("certway export > certway.yaml", "keep the configuration as a file")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let yaml = try await ConfigurationStore(ledger: gateway.ledger).yaml()
        let json = try YAMLNode.parse(yaml, file: "export").json
        Terminal.print(invocation.wantsJSON ? json.prettyText : yaml.trimmingCharacters(in: .newlines))
        return .done
    }
}
