// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX
import Testing

@Suite("The profiles in connectors.d")
struct ProfileFolderTests {
    /// Every profile of this checkout.
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let files: [URL] = {
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

    /// Nobody's sandbox stands behind a program that the integrator writes.
    private static let reported = files.filter { $0.lastPathComponent != "external-program.yaml" }

    @Test("the conformance report of each is of the profile as it is", arguments: reported)
    func reports(file: URL) throws {
        let name = file.deletingPathExtension().lastPathComponent
        let report = try JSONValue(
            parsing: Array(Data(contentsOf: Self.root.appending(path: "docs/conformance/\(name).json"))))
        let digest = try DigestAlgorithm.sha256.digest(Array(Data(contentsOf: file)))
        let hex = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(
            report["circumstances"]?["profile SHA-256"] == .string(hex), "run Scripts/conformance \(name) and commit it"
        )
    }
}
