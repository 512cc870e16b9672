// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import TestSupport
import Testing

@testable import LocalCAPlugin

/// Where a CA may be made, and under which addresses; refused before anything is written.
@Suite(.timeLimit(.minutes(5))) struct PlaceTests {
    private func settings(_ directory: String) -> ConnectorSettings {
        ConnectorSettings(values: ["directory": .string(directory)], endpoint: "")
    }

    private func refusal(_ directory: String, _ ceremony: AuthorityCeremony, in folder: TemporaryFolder) throws
        -> String
    {
        let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path("")).sorted()
        let error = #expect(throws: ConnectorError(.configuration, "")) {
            try LocalCAConnector.createAuthority(settings(directory), ceremony)
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path("")).sorted() == before)
        return error?.message ?? ""
    }

    @Test(arguments: ["ca", "ca/", "./ca", "other/../ca", "missing/../ca", "link", "way/ca", "ca/root", "."])
    func theRootIsKeptApart(_ root: String) throws {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        try files.createDirectory(atPath: folder.path("other"), withIntermediateDirectories: true)
        // Leads to what is not there yet.
        try files.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "ca")
        try files.createSymbolicLink(atPath: folder.path("way"), withDestinationPath: folder.path(""))
        var ceremony = LocalCAFixture.ceremony(folder.path(""))
        for directory in ["ca", "way/ca"] {
            ceremony.rootFolder = folder.path(root)
            #expect(try refusal(folder.path(directory), ceremony, in: folder).contains("two folders apart"))
        }
        // A name that only begins alike is another folder.
        ceremony.rootFolder = folder.path("ca-2")
        #expect(try LocalCAConnector.createAuthority(settings(folder.path("ca")), ceremony).count == 2)
    }

    @Test(arguments: [0o777, 0o757, 0o733])
    func noCAIsMadeWhereOthersMayReplaceIt(_ mode: Int) throws {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        for name in ["open", "own"] {
            try files.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
        try files.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path("open"))
        var ceremony = LocalCAFixture.ceremony(folder.path("own"))
        #expect(
            try refusal(folder.path("open/ca"), ceremony, in: folder).contains("has mode \(String(mode, radix: 8))"))
        ceremony.rootFolder = folder.path("open/root")
        #expect(try refusal(folder.path("own/ca"), ceremony, in: folder).contains("has mode \(String(mode, radix: 8))"))
        // With the sticky bit nobody can replace what is another's.
        try files.setAttributes([.posixPermissions: mode | 0o1000], ofItemAtPath: folder.path("open"))
        #expect(try LocalCAConnector.createAuthority(settings(folder.path("own/ca")), ceremony).count == 2)
    }

    @Test(arguments: ["http://pki.sandbox.example/root", "http://pki.sandbox.example/a/b/ROOT"])
    func theRootsAddressesAreNotTheIssuingCAs(_ url: String) throws {
        let fixture = try LocalCAFixture()
        for (key, option, ending) in [("crlURL", "--crl-url", ".crl"), ("issuerURL", "--issuer-url", ".cer")] {
            let folder = try TemporaryFolder()
            var ceremony = LocalCAFixture.ceremony(folder.path(""))
            if key == "crlURL" { ceremony.crlURL = url + ending } else { ceremony.issuerURL = url + ending }
            #expect(try refusal(folder.path("ca"), ceremony, in: folder).contains("\(option): found"))
            var again = fixture.ceremony
            (again.crlURL, again.issuerURL) = (ceremony.crlURL, ceremony.issuerURL)
            #expect(throws: ConnectorError(.configuration, "")) {
                try LocalCAAuthority.renew(LocalCASettings(fixture.settings), again, newKey: nil)
            }
            var set = fixture.settings
            set.values[key] = .string(url + ending)
            let error = #expect(throws: ConnectorError(.configuration, "")) { try LocalCASettings(set) }
            #expect(error?.message.contains("settings.\(key)") == true)
        }
    }

    /// The umask is the whole process's: what other tests write meanwhile is for their owner only, which none of them minds.
    @Test func theWebServerReadsWhatIsPublished() async throws {
        let fixture = try LocalCAFixture()
        for name in ["issuing.crl", "root.crl", "issuing.cer", "root.cer"] {
            // As a list is left behind by a umask of 077.
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: fixture.file(name))
        }
        let old = umask(0o077)
        defer { umask(old) }
        let directory = try LocalCASettings(fixture.settings).directory
        for name in ["issuing.crl", "root.crl", "issuing.cer", "root.cer"] {
            try directory.replace(name, with: fixture.bytes(name))
            #expect(try mode(fixture.file(name)) == 0o644)
        }
        try directory.replace("issuing.pem", with: fixture.bytes("issuing.pem"))
        #expect(try mode(fixture.file("issuing.pem")) == 0o600)
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}
