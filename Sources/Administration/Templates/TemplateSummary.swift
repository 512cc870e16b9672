// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Gateway
public import JSONDocuments
import Ledger
public import Planning
public import Settings

/// A template beside what is known of its people and its group.
public struct TemplateSummary: Sendable {
    public let template: TemplateConfiguration
    public let people: PeopleCount?
    /// Nil for one that was never read.
    public let groupName: String?

    public var json: JSONValue {
        [
            "name": .string(template.name), "enabled": JSONValue(template.enabled),
            "group": .string(template.group), "groupName": JSONValue(groupName),
            "backendCA": .string(template.backendCA), "product": .string(template.product),
            "people": people?.json ?? .null,
        ]
    }
}

extension TemplateAdministration {
    /// Every template with its numbers, in the order of the configuration. Costs one count of all people.
    ///
    /// - Throws: `StoreError`.
    public func summaries() async throws -> [TemplateSummary] {
        let (counts, groups) = (try await PersonAdministration(store).counts(), try await store.mirror.groupNames())
        return list().map { template in
            TemplateSummary(
                template: template, people: counts[template.name], groupName: groups[template.group.lowercased()])
        }
    }
}
