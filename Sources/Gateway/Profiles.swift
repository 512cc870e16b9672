// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import Planning
import Rules
import Settings

/// Connector modules and profiles, which need no gateway: `certway connector` works offline.
public struct Profiles: Sendable {
    public let modules: ModuleLoader
    public let catalogue: ProfileCatalogue
    public let rules: RuleShelf
    private let caa = CAALookup()

    public init(
        modules: ModuleLoader, catalogue: ProfileCatalogue,
        rules: RuleShelf = RuleShelf(RuleFiles(folders: ruleFolders))
    ) {
        self.modules = modules
        self.catalogue = catalogue
        self.rules = rules
    }

    /// - Parameters:
    ///   - connectors: folder of profiles looked at before the standard ones.
    ///   - modules: folder of modules looked at before the standard ones.
    ///   - rules: folder of rule files looked at before the standard ones.
    public init(connectors: String? = nil, modules folder: String? = nil, rules ruleFolder: String? = nil) {
        modules = ModuleLoader(folders: [folder].compactMap(\.self) + ModuleLoader.standardFolders)
        catalogue = ProfileCatalogue(
            folders: [connectors].compactMap(\.self) + ProfileCatalogue.standardFolders,
            modules: modules, named: [connectors].compactMap(\.self))
        rules = RuleShelf(RuleFiles(folders: [ruleFolder].compactMap(\.self) + Self.ruleFolders))
    }

    /// What an administrator has put in place comes first: newer rules need no release.
    public static var ruleFolders: [String] {
        ["/etc/certway/rules.d"]
            + ProfileCatalogue.standardFolders.filter { $0 != "/etc/certway/connectors.d" }.map {
                URL(filePath: $0).deletingLastPathComponent().appending(path: "rules.d").path
            }
    }

    /// Where the rules of a template are asked for.
    public func desk(_ configuration: GatewayConfiguration) -> RuleDesk {
        RuleDesk(rules, caa: caa, configuration: configuration) { [catalogue] in catalogue.outline(named: $0) }
    }
}
