// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import TestSupport
import Testing
import YAMLDocuments

/// Each reason why a profile's text cannot be read has its own sentence.
@Suite struct ProfileTextTests {
    private let folder: TemporaryFolder
    private let catalogue: ProfileCatalogue

    init() throws {
        folder = try TemporaryFolder()
        catalogue = ProfileCatalogue(folders: [], modules: ModuleLoader(folders: [folder.path]))
    }

    @Test func aMissingFileAFolderAndAnotherEncodingAreTold() throws {
        let latin1 = folder.path + "/latin1.yaml"
        try Data("connector: x\ntitle: Soci".utf8 + [0xE9] + "t\n".utf8).write(to: URL(filePath: latin1))
        func only(_ path: String) -> Diagnostic? {
            let problems = catalogue.diagnose(path: path).problems
            return problems.count == 1 ? problems.first : nil
        }
        #expect(only(folder.path + "/none.yaml")?.message == "there is no such file")
        #expect(only(folder.path)?.message.hasPrefix("is a folder") == true)
        let foreign = only(latin1)
        #expect(foreign?.message.contains("Latin-1") == true)
        #expect(foreign?.line == 2 && foreign?.column == 12)
        let wide = folder.path + "/wide.yaml"
        try Data([0xFF, 0xFE] + Array("connector: x".utf8).flatMap { [$0, 0] }).write(to: URL(filePath: wide))
        #expect(only(wide)?.message.contains("UTF-16") == true && only(wide)?.hint?.contains("utf16") == true)
    }

    /// Each names the other; a folder that goes before may hide a name on purpose.
    @Test func twoProfilesOfOneNameAreTold() throws {
        func text(_ name: String) -> String {
            "connector: \(name)\ntitle: X\nmodule: rest\nenvironments: {production: \"https://ca.example\"}\n"
        }
        let later = try TemporaryFolder()
        let first = try folder.write(text("twin"), to: "twin.yaml")
        let second = try folder.write(text("twin"), to: "copy.yaml")
        let other = try folder.write(text("other"), to: "other.yaml")
        try later.write(text("other"), to: "other.yaml")
        let both = ProfileCatalogue(
            folders: [folder.path, later.path], modules: ModuleLoader(folders: [folder.path]))
        for scope in [ProfileCatalogue.Scope.outlines, .everything] {
            let twins = both.problems(scope).filter { $0.keyPath == "connector" }
            #expect(Set(twins.map(\.file)) == [first, second])
            #expect(twins.allSatisfy { $0.message.contains($0.file == first ? second : first) }, "\(twins)")
        }
        for (path, isTwin) in [(first, true), (second, true), (other, false)] {
            #expect(both.diagnose(path: path).problems.contains { $0.keyPath == "connector" } == isTwin)
        }
        // A copy that still has the name of what it was copied from hides it, and nobody meant that.
        let (copies, others) = (try TemporaryFolder(), try TemporaryFolder())
        let copy = try copies.write(text("other"), to: "acme.yaml")
        let meant = try others.write(text("other"), to: "other.yaml")
        let hidden = both.diagnose(path: copy).problems.filter { $0.keyPath == "connector" }
        #expect(hidden.count == 1 && hidden.first?.hint?.contains("acme") == true, "\(hidden)")
        #expect(both.diagnose(path: meant).problems.allSatisfy { $0.keyPath != "connector" })
        #expect(both.problems(.inUse).isEmpty)
        _ = both.profile(named: "twin")
        #expect(both.problems(.inUse).contains { $0.file == first && $0.keyPath == "connector" })
    }

    @Test func aByteOrderMarkIsNoMistake() throws {
        let text = "\u{FEFF}connector: x\ntitle: X\nmodule: rest\nenvironments: {production: \"https://ca.example\"}\n"
        let path = try folder.write(text, to: "marked.yaml")
        #expect(catalogue.diagnose(path: path).problems.map(\.keyPath) == ["module"])
    }
}
