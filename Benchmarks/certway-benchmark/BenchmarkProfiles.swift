// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import YAMLDocuments

/// Connector modules as built, and their profiles without request limits: those are the CA's wish, and measuring them
/// would measure waiting.
struct BenchmarkProfiles {
    let modules = ModuleLoader(folders: ModuleLoader.standardFolders)
    let catalogue: ProfileCatalogue

    /// - Parameter folder: holds profiles that `writeUnlimited` made; looked at first.
    init(folder: String?) {
        catalogue = ProfileCatalogue(
            folders: [folder].compactMap(\.self) + ProfileCatalogue.standardFolders, modules: modules)
    }

    /// Copies a profile into `folder`, its limits left out.
    func writeUnlimited(_ name: String, to folder: String) throws {
        guard let profile = catalogue.profile(named: name) else {
            let problems = catalogue.problems(.inUse).map { "\n\($0)" }.joined()
            throw BenchmarkError("there is no usable connector profile \(name)\(problems)")
        }
        let text = try String(contentsOf: URL(filePath: profile.file), encoding: .utf8)
        var json = try YAMLNode.parse(text, file: profile.file).json
        json["limits"] = nil
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(YAMLText.emit(json).utf8).write(to: URL(filePath: "\(folder)/\(name).yaml"))
    }

    /// Profiles of CAs behind HTTP that the sandbox imitates, as it says itself.
    func imitated() throws -> [ConnectorProfile] {
        let sandbox = try ServiceProcess(Programs.sibling("certway-sandbox"), ["serve", "--exit-with-parent"])
        let imitated = sandbox.description["cas"]?.object ?? [:]
        return catalogue.outlines().filter { imitated[$0.name] != nil }
    }
}
