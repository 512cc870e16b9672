// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Testing

/// No module is loaded here, so every profile has the problem that its module is missing.
@Suite struct ProfileCatalogueTests {
    private let folder: TemporaryFolder
    private let catalogue: ProfileCatalogue

    init() throws {
        folder = try TemporaryFolder()
        catalogue = ProfileCatalogue(folders: [folder.path], modules: ModuleLoader(folders: [folder.path]))
    }

    private static let profile = """
        connector: test-ca
        title: Test CA
        module: rest
        environments: {production: "https://ca.example"}
        """

    /// The file is right; whoever uses the profile is told about the module, in the module's own words.
    @Test func aProfileWhoseModuleIsMissingIsListedAndReported() throws {
        let path = try folder.write(Self.profile, to: "test-ca.yaml")
        try folder.write("not a profile", to: "notes.txt")
        #expect(catalogue.profiles().map(\.name) == ["test-ca"])
        let problems = catalogue.problems()
        #expect(problems.map(\.file) == [path])
        #expect(problems.first?.message.contains("no connector module of kind \"rest\"") == true)
    }

    @Test func everyFileIsDiagnosedByItself() throws {
        let bad = try folder.write("connector: x\ntitel: y", to: "bad.yaml")
        try folder.write(Self.profile, to: "test-ca.yaml")
        let (profile, problems) = catalogue.diagnose(path: bad)
        #expect(profile == nil)
        #expect(problems.contains { $0.keyPath == "titel" && $0.line == 2 && $0.hint == "did you mean title?" })
        #expect(Set(catalogue.problems().map(\.file)) == [bad, "\(folder.path)/test-ca.yaml"])
        let missing = catalogue.diagnose(path: "\(folder.path)/missing.yaml")
        #expect(missing.problems.first?.message == "cannot be read as UTF-8 text; check that it exists and its mode")
        try FileManager.default.removeItem(atPath: bad)
        #expect(catalogue.problems().map(\.file) == ["\(folder.path)/test-ca.yaml"])
    }
}
