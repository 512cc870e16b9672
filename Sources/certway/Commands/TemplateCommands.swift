// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import ConnectorHost
import Directory
import Enrollment
import Gateway
import JSONDocuments
import Settings

/// `certway template`: what is issued to whom.
enum TemplateCommands {
    static let command = Command("template", "look at templates", subcommands: [list, show, preview])

    private static let nameArgument = Argument("TEMPLATE", "name of the template")

    private static let list = Command("list", "all templates") { invocation in
        let gateway = try await Gateway.open(invocation)
        let templates = gateway.configuration.templates
        if invocation.wantsJSON {
            Terminal.print(JSONValue.array(templates.map { .string($0.name) }).text)
            return .done
        }
        var table = TextTable("TEMPLATE", "GROUP", "BACKEND CA", "PRODUCT", "KEY", "PURPOSE", "ARCHIVED", "DELIVERY")
        for template in templates {
            table.add(
                template.name + (template.enabled ? "" : " (off)"), template.group, template.backendCA,
                template.product, template.key.rawValue, template.purpose.rawValue,
                template.isArchived ? "yes" : "no", template.delivery.rawValue)
        }
        Terminal.print(table.isEmpty ? "no templates; add some and run 'certway apply -f FILE'" : table.text)
        return .done
    }

    private static let show = Command("show", "one template as it is stored", arguments: [nameArgument]) { invocation in
        let gateway = try await Gateway.open(invocation)
        let name = try find(invocation, gateway).name
        let documents = try await gateway.ledger.documents("templates")
        guard let body = documents.first(where: { $0.name == name })?.body else { return .failed }
        Terminal.print(body.prettyText)
        return .done
    }

    private static let preview = Command(
        "preview", "the names a template makes, for people of its group",
        discussion: "Shows addresses that are left out and why. Uses the directory as last read ('certway plan').",
        arguments: [nameArgument, Argument("USER", "user principal name, mail address or object id", optional: true)],
        options: [.value("limit", "N", "how many people without USER", default: "10")],
        examples: [("certway template preview smime ada@example.org", "what Ada's certificate would say")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let template = try find(invocation, gateway)
        let people = try await people(invocation, gateway, template)
        let builder = NameBuilder(template: template, product: gateway.backends.product(of: template))
        let previews = people.map { ($0, builder.build(for: $0)) }
        if invocation.wantsJSON {
            let list = previews.map { person, result -> JSONValue in
                [
                    "userPrincipalName": .string(person.userPrincipalName), "names": result.names.json,
                    "remarks": JSONValue(result.remarks), "obstacle": JSONValue(result.obstacle),
                ]
            }
            Terminal.print(JSONValue.array(list).text)
            return .done
        }
        for (person, result) in previews {
            Terminal.print(person.userPrincipalName)
            Terminal.print("  subject: \(result.names.distinguishedName)")
            Terminal.print("  addresses: \(result.names.emails.joined(separator: ", "))")
            for remark in result.remarks { Terminal.print("  note: \(remark)") }
            if let obstacle = result.obstacle { Terminal.print("  no certificate: \(obstacle)") }
        }
        if previews.isEmpty { Terminal.print("nobody known in group \(template.group); 'certway plan' reads it") }
        return .done
    }

    private static func find(_ invocation: Invocation, _ gateway: Gateway) throws -> TemplateConfiguration {
        let name = invocation.requiredWord("TEMPLATE")
        guard let template = gateway.configuration.template(name) else {
            throw SettingsError(
                "no template \"\(name)\"; known: \(gateway.configuration.templates.map(\.name).joined(separator: ", "))"
            )
        }
        return template
    }

    private static func people(_ invocation: Invocation, _ gateway: Gateway, _ template: TemplateConfiguration)
        async throws -> [DirectoryPerson]
    {
        if let word = invocation.word("USER") {
            guard let person = try await gateway.mirror.person(matching: word) else {
                throw SettingsError("\(word) is not known to the gateway; 'certway plan' reads the directory")
            }
            return [person]
        }
        return try await gateway.mirror.members(of: template.group, limit: try invocation.int("limit") ?? 10)
            .filter(\.isPresent).map(\.person)
    }
}
