// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments

/// `certway template`: what is issued to whom.
enum TemplateCommands {
    static let command = Command("template", "look at templates", subcommands: [list, show, preview])

    private static let nameArgument = Argument("TEMPLATE", "name of the template")

    private static let list = Command("list", "all templates") { invocation in
        let templates = try await administration(invocation).list()
        let counts = try await PersonAdministration(try await GatewayStore.open(invocation.home)).counts()
        if invocation.wantsJSON {
            let list = templates.map { template -> JSONValue in
                [
                    "name": .string(template.name), "enabled": JSONValue(template.enabled),
                    "group": .string(template.group), "backendCA": .string(template.backendCA),
                    "product": .string(template.product), "people": counts[template.name]?.json ?? .null,
                ]
            }
            Terminal.print(json: JSONValue.array(list).text)
            return .done
        }
        var table = TextTable(
            "TEMPLATE", "PEOPLE", "IN USE", "GROUP", "BACKEND CA", "PRODUCT", "KEY", "PURPOSE", "ARCHIVED", "DELIVERY")
        for template in templates {
            table.add(
                template.name + (template.enabled ? "" : " (off)"), counts[template.name].map { "\($0.members)" } ?? "",
                counts[template.name].map { "\($0[.inUse])" } ?? "", template.group, template.backendCA,
                template.product, template.key.rawValue, template.purpose.rawValue,
                template.isArchived ? "yes" : "no", template.delivery.rawValue)
        }
        Terminal.print(lines: table.isEmpty ? "no templates; add some and run 'certway apply -f FILE'" : table.text)
        return .done
    }

    private static let show = Command("show", "one template as it is stored", arguments: [nameArgument]) { invocation in
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
            Terminal.print("  subject: \(preview.names.distinguishedName)")
            Terminal.print("  addresses: \(preview.names.emails.joined(separator: ", "))")
            for remark in preview.remarks { Terminal.print("  note: \(remark)") }
            if let obstacle = preview.obstacle { Terminal.print("  no certificate: \(obstacle)") }
        }
        if previews.isEmpty {
            let group = try administration.template(name).group
            Terminal.print("nobody known in group \(group); 'certway plan' reads it")
        }
        return .done
    }

    private static func administration(_ invocation: Invocation) async throws -> TemplateAdministration {
        let store = try await GatewayStore.open(invocation.home)
        return TemplateAdministration(store, try await store.configuration(), invocation.profiles)
    }
}
