// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments
import Planning
import Settings
import Store

extension TemplateCommands {
    private static let sorting = ListSorting(
        keys: ["file", "name", "people", "in-use", "group", "ca"], standard: ListSort("file"))

    static let list = Command(
        "list", "all templates, as the configuration has them", options: .list(sorting),
        examples: [("certway template list --sort people:desc", "the largest first")]
    ) { invocation in
        let all = try await administration(invocation).summaries()
        try await invocation.show(templates, sorting) { request in
            try ListPage(of: all, sorting, request) { listed, key in
                switch key {
                case "name": listed.template.name
                case "people": ListSorting.padded(listed.people?.members)
                case "in-use": ListSorting.padded(listed.people?[.inUse])
                case "group": listed.groupName ?? listed.template.group
                case "ca": listed.template.backendCA
                default: ""
                }
            }
        }
        return .done
    }

    private static let templates = ItemList<TemplateSummary>(
        none: "no templates; add some and run 'certway apply -f FILE'", each: \.json,
        [
            ListColumn(.short("TEMPLATE", 16), "name", { $0.template.name + ($0.template.enabled ? "" : " (off)") }) {
                $0.template.name
            },
            ListColumn("PEOPLE", "people") { $0.people.map { "\($0.members)" } ?? "" },
            ListColumn("IN USE", "inUse") { $0.people.map { "\($0[.inUse])" } ?? "" },
            ListColumn(.short("GROUP", 16), "groupName", { $0.groupName ?? $0.template.group }) { $0.groupName ?? "" },
            ListColumn(.short("BACKEND CA", 10), "backendCA") { $0.template.backendCA },
            ListColumn(.short("PRODUCT", 10, 2), "product") { $0.template.product },
            ListColumn(.optional("KEY", 3), "key") { $0.template.key.rawValue },
            ListColumn(.optional("PURPOSE", 5), "purpose") { $0.template.purpose.rawValue },
            ListColumn(.optional("ARCHIVED", 4), "archived") { $0.template.isArchived ? "yes" : "no" },
            ListColumn(.optional("DELIVERY", 6), "delivery") { $0.template.delivery.rawValue },
        ])
}
