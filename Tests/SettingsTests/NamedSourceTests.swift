// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Settings
import Testing
import YAMLDocuments

/// Every secret and file that the reader takes is held to where it may come from.
@Suite struct NamedSourceTests {
    private func sources(_ yaml: String) throws -> [NamedSource] {
        NamedSource.all(in: try YAMLNode.parse(yaml, file: "f").json) { $0 == "local-ca" && $1 == "directory" }
    }

    /// By looking into the values themselves, whatever the table says.
    private func references(_ value: Any) -> Set<SecretReference> {
        if let reference = value as? SecretReference { return [reference] }
        return Mirror(reflecting: value).children.reduce(into: []) { $0.formUnion(references($1.value)) }
    }

    @Test func nothingIsForgotten() throws {
        let found = try sources(SampleConfiguration.full)
        let configuration = try ConfigurationReader.read(SampleConfiguration.full, file: "f")
        let read = references(configuration)
        #expect(read.count >= 7 && read.isSubset(of: found.filter(\.isSecret).map(\.reference)), "\(read)")
        // And every path of the sample, but the list that says where they may lie.
        let paths = SampleConfiguration.full.matches(of: /[\/]etc\/certway\/[a-z.]+/).map { "\($0.0)" }
        #expect(Set(paths) == Set(found.compactMap(\.reference.path)))
    }

    @Test func settingsOfAProfileAreAmongThem() throws {
        let found = try sources(
            "backendCAs: [{name: a, connector: local-ca, acceptedRoots: /r, settings: {directory: /d, passphrase: \"env:P\"}}]"
        )
        #expect(
            found.map(\.place) == [
                "backendCAs.a.acceptedRoots", "backendCAs.a.settings.directory", "backendCAs.a.settings.passphrase",
            ])
        #expect(found.map(\.isSecret) == [false, false, true])
    }

    /// Whoever points one of these elsewhere would have the secret.
    @Test(arguments: [
        ("https://login.example", "tenant.clientSecret"), ("https://graph.example", "tenant.clientSecret"),
        ("https://exchange.example", "tenant.clientSecret"), ("/etc/certway/proxy.pem", "tenant.clientSecret"),
        ("https://login.example", "console.signIn.clientSecret"),
        ("https://ca.example/v2", "backendCAs.public.settings.apiKey"),
        ("/etc/certway/tls.pem", "backendCAs.public.settings.apiKey"),
        ("ldaps://certbox.example", "directories.certbox.bindPassword"),
        ("/etc/certway/certbox.pem", "directories.certbox.bindPassword"),
        ("mail.example.org:587", "notifications.smtp.password"),
        ("/etc/certway/mail.pem", "notifications.smtp.password"),
        ("https://tickets.example.org", "notifications.webhooks.tickets.secret"),
    ])
    func anAddressBelongsToItsSecret(_ address: String, _ place: String) throws {
        func destination(_ yaml: String) throws -> [String: JSONValue]? {
            try sources(yaml).first { $0.place == place }?.destination
        }
        let before = try #require(try destination(SampleConfiguration.full))
        #expect(try destination(SampleConfiguration.full.replacing(address, with: "\(address)x")) != before)
    }
}
