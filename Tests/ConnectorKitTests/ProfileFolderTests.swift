// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Testing

@Suite("The profiles in connectors.d")
struct ProfileFolderTests {
    /// Every profile of this checkout.
    private static let files: [URL] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appending(path: "connectors.d")
        let all = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return all.filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }
    }()

    @Test("the common part of each is right, and the file is called after the connector", arguments: files)
    func profiles(file: URL) throws {
        let profile = try ConnectorProfile.read(String(contentsOf: file, encoding: .utf8), file: file.lastPathComponent)
        #expect(profile.name + ".yaml" == file.lastPathComponent)
    }

    @Test("each lists what it can do, no more and no less than its operations", arguments: files)
    func abilities(file: URL) throws {
        let profile = try ConnectorProfile.read(String(contentsOf: file, encoding: .utf8), file: file.lastPathComponent)
        #expect(!profile.abilities.isEmpty)
        #expect(Set(profile.abilities) == Set(ConnectorAbility.allCases.filter(profile.claims)))
    }
}
