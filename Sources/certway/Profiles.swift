// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import ConnectorHost

/// Connector modules and profiles, which need no gateway: `certway connector` works offline.
struct Profiles: Sendable {
    let modules: ModuleLoader
    let catalogue: ProfileCatalogue

    init(_ invocation: Invocation) {
        modules = ModuleLoader(folders: [invocation.value("modules")].compactMap(\.self) + ModuleLoader.standardFolders)
        catalogue = ProfileCatalogue(
            folders: [invocation.value("connectors")].compactMap(\.self) + ProfileCatalogue.standardFolders,
            modules: modules)
    }
}
