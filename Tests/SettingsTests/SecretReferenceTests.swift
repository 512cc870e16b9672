// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings
import TestSupport
import Testing

@Suite struct SecretReferenceTests {
    @Test(arguments: ["hunter2", "", "env:", "file:", "ENV:NAME", " env:NAME", "keyring:x"])
    func otherTextIsNoReference(_ text: String) { #expect(SecretReference(text) == nil) }

    @Test(arguments: ["env:NAME", "file:/etc/certway/secret", "file:relative name"])
    func aReferenceDescribesItselfAsWritten(_ text: String) { #expect(SecretReference(text)?.description == text) }

    @Test func aVariableIsReadWhenItIsNeeded() throws {
        let name = "CERTWAY_TEST_\(UUID().uuidString.replacing("-", with: "_"))"
        let reference = try #require(SecretReference("env:\(name)"))
        let error = #expect(throws: SettingsError.self) { try reference.resolve() }
        #expect(error?.message == "environment variable \(name) is not set; export it, or use file:/path")
        #expect(try SecretReference("env:PATH")?.resolve().isEmpty == false)
    }

    @Test(arguments: [("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), (" a b ", " a b "), ("a\nb\n\n", "a\nb")])
    func theLastLineBreakOfAFileIsNoPartOfTheSecret(_ content: String, _ secret: String) throws {
        let folder = try TemporaryFolder()
        let reference = try #require(SecretReference("file:" + (try folder.write(content, to: "secret"))))
        #expect(try reference.resolve().revealed == secret)
    }

    @Test func aFileThatCannotBeReadIsNamedWithTheReason() throws {
        let folder = try TemporaryFolder()
        func refusal(_ name: String) throws -> String {
            let reference = try #require(SecretReference("file:\(folder.path)/\(name)"))
            return #expect(throws: SettingsError.self) { try reference.resolve() }?.message ?? ""
        }
        #expect(try refusal("missing") == "file \(folder.path)/missing does not exist")
        try folder.write("\n", to: "empty")
        #expect(try refusal("empty") == "file \(folder.path)/empty is empty; put the secret into it")
        try FileManager.default.createDirectory(atPath: "\(folder.path)/folder", withIntermediateDirectories: false)
        #expect(try refusal("folder") == "file \(folder.path)/folder cannot be read: it is no regular file")
    }

    /// What is compared and what is opened must be the same text.
    @Test(arguments: ["file:/etc/key\0", "file:/etc/key\0x", "file:/etc/\nkey", "env:NAME\0", "file:\u{85}/key"])
    func controlCharactersAreNoReference(_ text: String) throws {
        #expect(SecretReference(text) == nil)
        let path = String(text.drop { $0 != ":" }.dropFirst())
        let error = #expect(throws: SettingsError.self) { try SettingsFile(path: path).text() }
        #expect(error?.message.contains("without control characters") == true)
    }

    /// Closing any descriptor of a database's file would end SQLite's locks on it; a hard link is the same file.
    @Test func theGatewaysOwnFilesAreNotOpened() throws {
        let folder = try TemporaryFolder()
        try folder.write("own", to: "certway.db")
        try folder.write("other", to: "key")
        OwnFiles.keep([folder.path("certway.db"), folder.path("none")], of: folder.path)
        try FileManager.default.linkItem(atPath: folder.path("certway.db"), toPath: folder.path("hard"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("soft"), withDestinationPath: folder.path("certway.db"))
        for name in ["certway.db", "hard", "soft", "./certway.db"] {
            let error = #expect(throws: SettingsError.self, "\(name)") {
                try SettingsFile(path: folder.path(name)).bytes()
            }
            #expect(error?.message.contains("the gateway keeps for itself") == true, "\(name)")
            #expect(throws: SettingsError.self, "\(name)") { try SettingsFile(path: folder.path(name)).secret() }
        }
        #expect(try SettingsFile(own: folder.path("certway.db")).text() == "own")
        #expect(try SettingsFile(path: folder.path("key")).text() == "other")
        #expect(throws: SettingsError.self) { try SettingsFile(path: "/dev/zero").bytes() }
    }

    /// Root may read everything, so a process of its own becomes somebody else.
    @Test func aFileOfAnotherIsNamedWithTheReason() async throws {
        let folder = try TemporaryFolder()
        try folder.write("s3cret", to: "closed")
        chmod(folder.path("closed"), 0)
        chmod(folder.path, 0o711)
        await #expect(processExitsWith: .success) { [path = folder.path("closed") as String] in
            let nobody: uid_t = 65_534
            try #require(getuid() != 0 || setuid(nobody) == 0)
            let reference = try #require(SecretReference("file:\(path)"))
            let error = #expect(throws: SettingsError.self) { try reference.resolve() }
            #expect(error?.message == "file \(path) is not readable for this user; check owner and mode")
        }
    }

    @Test func aTextFileMustBeUTF8() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/latin1"
        try Data([0x41, 0xE4, 0x0A]).write(to: URL(filePath: path))
        let error = #expect(throws: SettingsError.self) { try SettingsFile(path: path).text() }
        #expect(
            error?.message.hasPrefix(
                "file \(path) is not UTF-8 text: another encoding, such as Latin-1, begins here, line 1") == true)
    }
}
