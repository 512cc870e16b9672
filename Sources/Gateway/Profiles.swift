// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost

/// Connector modules and profiles, which need no gateway: `certway connector` works offline.
public struct Profiles: Sendable {
    public let modules: ModuleLoader
    public let catalogue: ProfileCatalogue

    public init(modules: ModuleLoader, catalogue: ProfileCatalogue) {
        self.modules = modules
        self.catalogue = catalogue
    }

    /// - Parameters:
    ///   - connectors: folder of profiles looked at before the standard ones.
    ///   - modules: folder of modules looked at before the standard ones.
    public init(connectors: String? = nil, modules folder: String? = nil) {
        modules = ModuleLoader(folders: [folder].compactMap(\.self) + ModuleLoader.standardFolders)
        catalogue = ProfileCatalogue(
            folders: [connectors].compactMap(\.self) + ProfileCatalogue.standardFolders,
            modules: modules)
    }
}
