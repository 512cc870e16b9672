// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// References and schemas for editors: as the programs print them now, and judged by an implementation of JSON Schema that is not
/// ours.
@Suite(.timeLimit(.minutes(5))) struct SchemaTests {
    private static let configurationSchema = "docs/schema/certway.schema.json"
    private static let profileSchema = "docs/schema/connector-profile.schema.json"

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(BuiltPrograms.repository)/\(path)", encoding: .utf8)
    }

    @Test(arguments: [
        (["apply", "--reference"], "docs/configuration.md"),
        (["apply", "--reference", "--output", "json"], configurationSchema),
        (["connector", "reference", "--output", "json"], profileSchema),
    ])
    func generatedDocumentsAreCurrent(_ arguments: [String], _ path: String) async throws {
        let printed = try await Run.certway(arguments)
        #expect(printed.status == 0, "\(printed.errors)")
        #expect(try printed.output == text(path), "run: certway \(arguments.joined(separator: " ")) > \(path)")
    }

    /// What the judge finds wrong, by file.
    private func judge(_ schema: String, _ files: [String]) async throws -> [String: [String]] {
        let run = try await Run.tool(
            "python3",
            [
                "\(BuiltPrograms.repository)/Tests/EndToEndTests/schema-judge.py",
                "\(BuiltPrograms.repository)/\(schema)",
            ] + files)
        try #require(run.status == 0, "\(run.errors)")
        return try run.json.object?.mapValues { $0.array?.compactMap(\.string) ?? [] } ?? [:]
    }

    @Test func everyProfileFits() async throws {
        let folder = try TemporaryFolder()
        let delivered = "\(BuiltPrograms.repository)/connectors.d"
        var files = try FileManager.default.contentsOfDirectory(atPath: delivered).filter { $0.hasSuffix(".yaml") }.map
        {
            "\(delivered)/\($0)"
        }
        try #require(files.count > 5)
        files.append("\(BuiltPrograms.repository)/Plugins/Template/example.yaml")
        for kind in ["rest", "soap", "cmc", "adcs", "external", "local-ca"] {
            let file = folder.path("new-\(kind).yaml")
            let made = try await Run.certway([
                "connector", "new", "--kind", kind, "--name", "new-\(kind)", "--out", file,
            ])
            try #require(made.status == 0, "\(made.errors)")
            files.append(file)
        }
        let found = try await judge(Self.profileSchema, files)
        #expect(found.count == files.count && found.values.allSatisfy(\.isEmpty), "\(found)")
    }

    /// The blocks of YAML that people copy.
    @Test func everyExampleFits() async throws {
        let folder = try TemporaryFolder()
        var files: [String] = []
        for path in ["README.md", "docs/local-ca.md", "Plugins/ADCS/README.md"] {
            for match in try text(path).matches(of: /```yaml\n((?s).*?)```/) where match.1.contains("backendCAs:") {
                files.append(try folder.write(String(match.1), to: "\(files.count).yaml"))
            }
        }
        try #require(files.count >= 3)
        let found = try await judge(Self.configurationSchema, files)
        #expect(found.values.allSatisfy { $0.isEmpty }, "\(found)")
    }

    /// Of the mistakes that the whole check of a file finds, those that need no look elsewhere.
    @Test func mistakesAreMarked() async throws {
        let mistakes = "\(BuiltPrograms.repository)/Tests/AdministrationTests/Fixtures/second-stage-mistakes.yaml"
        let marked = try await judge(Self.configurationSchema, [mistakes])[mistakes] ?? []
        #expect(marked.count >= 2 && marked.contains { $0.hasPrefix("$.templates[0].group: ") }, "\(marked)")
        let profile = "\(BuiltPrograms.repository)/Tests/EndToEndTests/ten-mistakes.yaml"
        #expect(try await judge(Self.profileSchema, [profile])[profile]?.count ?? 0 >= 5)
    }

    private static let configuration = """
        tenant: {id: contoso.example, clientID: 11111111-2222-4333-8444-555555555555, clientSecret: env:SECRET, cloud: global}
        intune: {publicKey: /k.pem, providerName: x, keyName: y, paddingScheme: oaepSha256, pfxEncryption: aes256SHA256}
        keyRecoveryAgents: [{name: anna, certificate: /anna.pem}]
        backendCAs:
          - name: ca
            connector: some-ca
            acceptedRoots: /r.pem
            settings: {key: file:/k, number: 5, list: [a], flag: true}
            limits: [{requests: 5, per: 1s}]
            pollEvery: 15m
        templates:
          - name: t
            group: 11111111-2222-4333-8444-555555555555
            backendCA: ca
            product: p
            key: rsa2048
            names: {commonName: .displayName}
            accept: {extendedKeyUsages: [clientAuth], subject: {organization: [Example], serialNumber: remark}}
            options: {anything: [1]}
            validityDays: 365
            delivery: none
        limits: {ordersPerRun: 7, interval: 3d}
        """

    @Test(arguments: [
        ("tenant:", "tennant:"), ("clientID:", "clientid:"),
        ("11111111-2222-4333-8444-555555555555, client", "1234, client"),
        ("env:SECRET", "hunter2"), ("cloud: global", "cloud: globl"), ("publicKey: /k.pem", "publicKey: k.pem"),
        ("keyName: y", "keyName: 5"),
        ("[{name: anna, certificate: /anna.pem}]", "{name: anna, certificate: /anna.pem}"),
        ("    acceptedRoots: /r.pem\n", ""), ("requests: 5", "requests: five"), ("15m", "soon"), ("15m", "15"),
        ("key: rsa2048", "key: rsa1024"), ("commonName:", "comonName:"),
        ("serialNumber: remark", "serialNumber: remarks"),
        ("validityDays: 365", "validityDays: 1y"), ("delivery: none", "delivery: nowhere"), ("    product: p\n", ""),
        ("options: {anything: [1]}", "options: none"), ("ordersPerRun: 7", "ordersPerRun: many"),
        ("ordersPerRun: 7", "ordersPerRun: -1"), ("ordersPerRun: 7", "concurrency: 0"), ("requests: 5", "requests: 0"),
        ("validityDays: 365", "validityDays: 3651"), (", clientSecret: env:SECRET", ""),
        ("clientSecret: env:SECRET", "clientCertificate: /c.pem"),
        ("env:SECRET", "env:SECRET, clientKey: env:KEY"),
        ("env:SECRET", "env:SECRET, clientCertificate: /c.pem, clientKey: env:KEY"),
    ])
    func whatASchemaCanSeeIsMarked(_ right: String, _ wrong: String) async throws {
        let folder = try TemporaryFolder()
        let good = try folder.write(Self.configuration, to: "good.yaml")
        let bad = try folder.write(Self.configuration.replacing(right, with: wrong), to: "bad.yaml")
        let found = try await judge(Self.configurationSchema, [good, bad])
        #expect(found[good] == [])
        let withKey = Self.configuration.replacing(
            "clientSecret: env:SECRET", with: "clientCertificate: /c, clientKey: env:K")
        let other = try folder.write(withKey, to: "other.yaml")
        #expect(try await judge(Self.configurationSchema, [other])[other] == [])
        #expect(found[bad]?.isEmpty == false, "\(wrong)")
    }

    @Test(arguments: [
        ("digicert-certcentral", "title:", "titel:"), ("digicert-certcentral", "type: secret", "type: secrit"),
        ("digicert-certcentral", "per: 5s", "per: 5 seconds"),
        ("digicert-certcentral", "[poll, revoke", "[pol, revoke"),
        ("digicert-certcentral", "  check:\n", "  check:\n    needs: prepared\n"),
        ("digicert-certcentral", "method: POST", "method: FETCH"), ("ejbca", "soap:", "soup:"),
        ("adcs", "adcs:", "adsc:"),
        ("digicert-certcentral", "maximum: 824", "maximum: 0"), ("ssl-com", "[365, 730]", "[365, 730000]"),
        ("external-program", "processes: 4", "processes: 65"),
        ("external-program", "keyTypes: [", "keyTypes: [rsa1024, "), ("external-program", "title: Program,", ""),
    ])
    func whatASchemaCanSeeInAProfileIsMarked(_ connector: String, _ right: String, _ wrong: String) async throws {
        let folder = try TemporaryFolder()
        let profile = try text("connectors.d/\(connector).yaml")
        let bad = profile.replacing(right, with: wrong)
        try #require(bad != profile)
        let file = try folder.write(bad, to: "bad.yaml")
        #expect(try await judge(Self.profileSchema, [file])[file]?.isEmpty == false, "\(wrong)")
    }
}
