// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments

/// `certway template`: what is issued to whom.
enum TemplateCommands {
    static let command = Command("template", "look at templates", subcommands: [list, show, preview, switchCA])

    static let nameArgument = Argument("TEMPLATE", "name of the template")

    private static let show = Command(
        "show", "one template as it is stored", arguments: [nameArgument],
        examples: [("certway template show smime", "what the configuration says of it")]
    ) { invocation in
        let document = try await administration(invocation).document(invocation.requiredWord("TEMPLATE"))
        Terminal.print(json: document.prettyText)
        return .done
    }

    private static let preview = Command(
        "preview", "the names a template makes, for people of its group",
        discussion: "Shows addresses that are left out and why. Uses the directory as last read ('certway plan').",
        arguments: [
            nameArgument, Argument("USER", "user principal name, address, object id or display name", optional: true),
        ],
        options: [.value("limit", "N", "how many people without USER", default: "10")],
        examples: [("certway template preview smime ada@example.org", "what Ada's certificate would say")]
    ) { invocation in
        let administration = try await administration(invocation)
        let name = invocation.requiredWord("TEMPLATE")
        let previews = try await administration.preview(
            name, user: invocation.word("USER"), limit: try invocation.int("limit") ?? 10)
        if invocation.wantsJSON {
            Terminal.print(json: JSONValue.array(previews.map(\.json)).text)
            return .done
        }
        for preview in previews {
            Terminal.print("\(preview.userPrincipalName)")
            for sentence in preview.sentences { Terminal.print("  \(sentence)") }
        }
        if previews.isEmpty {
            let group = try administration.template(name).group
            Terminal.print("nobody known in group \(group); 'certway plan' reads it")
        }
        return .done
    }

    static func administration(_ invocation: Invocation) async throws -> TemplateAdministration {
        let store = try await GatewayStore.open(invocation.home)
        return TemplateAdministration(store, try await store.configuration(), invocation.profiles)
    }
}
