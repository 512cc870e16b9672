// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import JSONDocuments
import Settings
import TestSupport
import Testing

/// No module is loaded here: every sound profile has the one problem that its module is missing.
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

    @Test func aProfileWhoseModuleIsMissingIsReported() throws {
        let path = try folder.write(Self.profile, to: "test-ca.yaml")
        try folder.write("not a profile", to: "notes.txt")
        #expect(catalogue.profile(named: "test-ca")?.title == "Test CA")
        let problems = catalogue.problems(.everything)
        #expect(problems.map(\.file) == [path])
        #expect(problems.first?.message.contains("no connector module of kind \"rest\"") == true)
    }

    @Test func bothEndingsOfYAMLCountAndHiddenFilesDoNot() throws {
        try folder.write(Self.profile, to: "test-ca.yml")
        try folder.write("not a profile", to: ".other-ca.yaml")
        #expect(catalogue.profile(named: "test-ca")?.title == "Test CA")
        let twin = try folder.write(Self.profile, to: "second.yaml")
        #expect(catalogue.problems(.outlines).map(\.file).contains(twin), "two files of one name are said")
    }

    @Test func aChangedFileIsReadAgainAndABadOneLeavesTheLastGoodInForce() throws {
        func write(_ text: String, _ age: Double) throws {
            let path = try folder.write(text, to: "test-ca.yaml")
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_800_000_000 + age)], ofItemAtPath: path)
        }
        try write(Self.profile, 0)
        #expect(catalogue.profile(named: "test-ca")?.title == "Test CA")
        try write(Self.profile.replacing("Test CA", with: "New CA"), 1)
        #expect(catalogue.profile(named: "test-ca")?.title == "New CA")
        try write(Self.profile.replacing("title:", with: "titel:"), 2)
        #expect(catalogue.profile(named: "test-ca")?.title == "New CA")
        #expect(catalogue.problems(.everything).contains { $0.keyPath == "titel" })
        try write(Self.profile, 3)
        #expect(catalogue.profile(named: "test-ca")?.title == "Test CA")
        #expect(!catalogue.problems(.everything).contains { $0.keyPath == "titel" })
    }

    @Test func aBadFileHidesItsNameInLaterFolders() throws {
        let shipped = try TemporaryFolder()
        try shipped.write(Self.profile, to: "test-ca.yaml")
        let path = try folder.write(Self.profile.replacing("title:", with: "titel:"), to: "test-ca.yaml")
        let folders = [folder.path, shipped.path]
        let both = ProfileCatalogue(folders: folders, modules: ModuleLoader(folders: [folder.path]))
        #expect(both.profile(named: "test-ca") == nil)
        #expect(both.explainMissing("test-ca").hasPrefix("connector profile \"test-ca\" is invalid: \(path):"))
    }

    /// The file may be called otherwise; the one called after the name goes before.
    @Test func aNameIsFoundInsideAFile() throws {
        try folder.write(Self.profile, to: "a.yaml")
        #expect(catalogue.outline(named: "test-ca")?.title == "Test CA")
        try folder.write(Self.profile.replacing("Test CA", with: "The very CA"), to: "test-ca.yaml")
        #expect(catalogue.outlines().map(\.title) == ["The very CA"])
        #expect(catalogue.profile(named: "test-ca")?.title == "The very CA")
        #expect(catalogue.outline(named: "a") == nil)
    }

    /// What is no reference may be the secret itself.
    @Test func secretsThatStandInAConfigurationAreNamed() throws {
        try folder.write(
            Self.profile + "\nsettings: {key: {type: secret, title: Key}, note: {type: text, title: Note}}",
            to: "test-ca.yaml")
        let profile = try #require(catalogue.outline(named: "test-ca"))
        func bare(_ settings: [String: JSONValue]) -> [String] {
            var values = settings
            let (references, bare) = profile.takeSecrets(from: &values)
            #expect(values["key"] == nil && values["note"] == settings["note"])
            #expect(references.isEmpty != (settings["key"]?.string?.contains(":") ?? false))
            return bare
        }
        for secret in ["hunter2", 12345, ["a"], true] as [JSONValue] {
            #expect(bare(["key": secret, "note": "n"]) == ["key"])
        }
        #expect(bare(["key": "env:KEY", "note": "hunter2"]) == [])
        #expect(bare(["key": "file:/k"]) == [])
        #expect(bare(["note": "n"]) == [])
    }

    @Test func everyFileIsDiagnosedByItself() throws {
        let bad = try folder.write("connector: x\ntitel: y", to: "bad.yaml")
        try folder.write(Self.profile, to: "test-ca.yaml")
        let (profile, problems) = catalogue.diagnose(path: bad)
        #expect(profile == nil)
        #expect(problems.contains { $0.keyPath == "titel" && $0.line == 2 && $0.hint == "did you mean title?" })
        #expect(Set(catalogue.problems(.everything).map(\.file)) == [bad, "\(folder.path)/test-ca.yaml"])
        let missing = catalogue.diagnose(path: "\(folder.path)/missing.yaml")
        #expect(missing.problems.first?.message == "there is no such file")
        try FileManager.default.removeItem(atPath: bad)
        #expect(catalogue.problems(.everything).map(\.file) == ["\(folder.path)/test-ca.yaml"])
    }

    /// Whoever names a folder that is not there has misspelt it.
    @Test func aNamedFolderThatIsNotThereIsSaid() throws {
        let folder = try TemporaryFolder()
        let modules = ModuleLoader(folders: [])
        let gone = folder.path("gone")
        let catalogue = ProfileCatalogue(folders: [gone, folder.path], modules: modules, named: [gone])
        #expect(catalogue.problems(.outlines).map(\.file) == [gone])
        #expect(catalogue.explainMissing("tiny").contains("there is no such folder"))
        #expect(ProfileCatalogue(folders: [gone], modules: modules).problems(.everything).isEmpty)
    }
}
