// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Directory
import Gateway
import JSONDocuments
public import Ledger
import Names
import Settings

/// What is issued to whom.
public struct TemplateAdministration: Sendable {
    let store: GatewayStore
    private let configuration: GatewayConfiguration
    private let profiles: Profiles

    /// - Parameter profiles: tell what a product needs; no connector is made.
    public init(_ store: GatewayStore, _ configuration: GatewayConfiguration, _ profiles: Profiles) {
        self.store = store
        self.configuration = configuration
        self.profiles = profiles
    }

    public func list() -> [TemplateConfiguration] { configuration.templates }

    /// - Throws: `SettingsError` naming the templates there are.
    public func template(_ name: String) throws(SettingsError) -> TemplateConfiguration {
        guard let template = configuration.template(name) else {
            throw .unknown("template", name, configuration.templates.map(\.name))
        }
        return template
    }

    /// The template as it is stored.
    public func document(_ name: String) async throws -> JSONValue {
        try await stored(try template(name).name)?.body ?? .null
    }

    /// The same with its revision, which changes whenever it does; nil for none.
    public func stored(_ name: String) async throws -> Document? {
        try await store.ledger.documents("templates").first { $0.name == name }
    }

    /// The names a template makes for people of its group, as the directory was last read.
    ///
    /// - Parameters:
    ///   - user: one person, by whatever `PersonAdministration.find` finds; nil for members of the group.
    ///   - limit: how many members at most.
    public func preview(_ name: String, user: String?, limit: Int) async throws -> [NamePreview] {
        let template = try template(name)
        let product = product(of: template)
        let builder = NameBuilder(template: template, product: product)
        var previews: [NamePreview] = []
        for person in try await people(user, template, limit) {
            let member = try await store.mirror.asMember(person)
            let result = builder.build(for: member.person, rivals: member.rivals)
            let made = result.names.json.object ?? [:]
            let taken = made.filter { name in product?.allowedNames.map { $0.contains(name.key) } ?? true }
            previews.append(
                NamePreview(
                    userPrincipalName: person.userPrincipalName, names: RequestedNames(json: .object(taken)),
                    notCertified: made.keys.filter { taken[$0] == nil }.sorted(), remarks: result.remarks,
                    obstacle: result.obstacle))
        }
        return previews
    }

    /// What the profile knows of a template's product, as its file reads.
    func product(of template: TemplateConfiguration) -> ProductFacts? {
        let connector = configuration.backendCA(template.backendCA)?.connector ?? ""
        return profiles.catalogue.outline(named: connector)?.product(template.product)
    }

    func people(_ user: String?, _ template: TemplateConfiguration, _ limit: Int) async throws
        -> [DirectoryPerson]
    {
        guard let user else {
            return try await store.mirror.members(of: template.group, limit: limit).filter(\.isPresent).map(\.person)
        }
        let found = try await PersonAdministration(store).find(user)
        guard found.total > 0 else {
            throw SettingsError("\(user) is not known to the gateway; 'certway plan' reads the directory", at: .state)
        }
        guard let person = found.person else {
            throw SettingsError(
                "\(user) may mean \(found.total) people: 'certway why \(user)' lists them with their ids, give one of those",
                at: .commandLine)
        }
        return [person]
    }
}
