// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorHost
import Foundation
import Gateway
import PKIX
import Settings
import TestSupport
import Testing
import YAMLDocuments

/// What a file names is looked at before anything of it is stored, and everything that is wrong is told at once.
@Suite(.timeLimit(.minutes(5))) struct ConfigurationMistakeTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardized.path

    private func problems(_ configuration: ConfigurationAdministration, _ yaml: String) async throws -> [Diagnostic] {
        do {
            _ = try await configuration.apply(yaml, file: "f.yaml", prunes: false, isDryRun: false)
            return []
        } catch let error as Diagnostics {
            return error.all
        }
    }

    /// Mistakes of every kind in eight lines, with the profiles that are delivered.
    @Test func theWholeFileIsLookedAt() async throws {
        let folder = try TemporaryFolder()
        let modules = ModuleLoader(folders: [])
        let catalogue = ProfileCatalogue(folders: ["\(Self.repository)/connectors.d"], modules: modules)
        let home = GatewayHome(option: folder.path("home"))
        let administration = ConfigurationAdministration(
            home, Profiles(modules: modules, catalogue: catalogue), caller: .commandLine("eve"))
        let text = try String(
            contentsOfFile: "\(Self.repository)/Tests/AdministrationTests/Fixtures/second-stage-mistakes.yaml",
            encoding: .utf8
        ).replacing("/etc/certway", with: folder.path)
        let key = try PrivateKey.generate(.p256).publicKey.pem
        try folder.write(key, to: "intune.pem")
        let found = try await problems(administration, text)
        #expect(
            found.map { "\($0.line ?? 0) \($0.keyPath)" } == [
                "1 tenant.id", "1 tenant.clientID", "1 tenant.clientSecret", "2 intune.publicKey",
                "3 keyRecoveryAgents[0].certificate", "6 backendCAs[0].connector", "6 backendCAs[0].acceptedRoots",
                "7 backendCAs[1].acceptedRoots", "7 backendCAs[1].settings.apiKey",
                "7 backendCAs[1].settings.foo", "7 backendCAs[1].endpoint", "9 templates[0].group",
                "9 templates[0].backendCA", "9 templates[0].keyRecoveryAgents[0]", "10 templates[1].group",
                "10 templates[1].product", "10 templates[1].keyRecoveryAgents[0]",
            ], "\(Diagnostics(found))")
        #expect(found.allSatisfy { $0.file == "f.yaml" && !$0.message.contains("plainsecret") })
        #expect(try !home.hasDatabase())
    }

    /// A configuration in which everything is right; `FOLDER` is the folder of its files.
    private static let good = """
        tenant: {id: contoso.example, clientID: \(Office.application), clientCertificate: FOLDER/app.pem, clientKey: "file:FOLDER/app.key"}
        intune: {publicKey: FOLDER/intune.pem, providerName: x, keyName: y}
        keyRecoveryAgents: [{name: anna, certificate: FOLDER/anna.pem}]
        backendCAs:
          - {name: one, connector: one-ca, acceptedRoots: FOLDER/root.pem, tlsRoots: FOLDER/root.pem, settings: {key: "file:FOLDER/key", mode: fast, program: FOLDER/key}}
        templates:
          - {name: t, group: \(Office.group), backendCA: one, product: mail, key: rsa2048, validityDays: 300, options: {level: 1}, keyRecoveryAgents: [anna]}
        """

    private func office() async throws -> (Office, good: String) {
        let office = try await Office()
        let key = try PrivateKey.generate(.rsa2048)
        func certificate(_ name: String, _ profile: CertificateProfile) throws -> String {
            try CertificateBuilder(
                profile: profile, subject: [("CN", name)], publicKey: key.publicKey, notBefore: Office.start,
                notAfter: Office.end
            ).selfSigned(key: key).pem
        }
        try office.folder.write(certificate("app", .clientAuthentication), to: "app.pem")
        try office.folder.write(certificate("anna", .smimeEncryption), to: "anna.pem")
        try office.folder.write(certificate("signer", .smimeSigning), to: "signer.pem")
        let anna = try certificate("anna", .smimeEncryption)
        try office.folder.write(anna + office.root.pem, to: "two.pem")
        try key.pem().withBytes { _ = try office.folder.write(Array(anna.utf8) + Array($0), to: "both.pem") }
        try office.folder.write(key.publicKey.pem, to: "intune.pem")
        try key.pem().withBytes { _ = try office.folder.write(Array($0), to: "app.key") }
        try office.folder.write("", to: "empty")
        try office.folder.write(
            """
            connector: one-ca
            title: One CA
            module: counting
            environments: {production: "https://one-ca.example/api"}
            settings:
              key: {type: secret, title: Key}
              mode: {type: choice, title: Mode, choices: [fast, slow]}
              program: {type: file, title: Program}
              count: {type: integer, title: Count, default: 5}
            products:
              - id: mail
                title: Mail
                keyTypes: [rsa2048]
                purposes: [smime]
                validityDays: {maximum: 365}
                options: {level: {type: integer, title: Level}}
            """, to: "one-ca.yaml")
        try office.folder.write("connector: off\ntitle: Off\nmodule: counting\nenabled: false\n", to: "off.yaml")
        return (office, Self.good.replacing("FOLDER", with: office.folder.path))
    }

    private static let mistakes: [(String, String, String, String)] = [
        ("contoso.example", "common", "tenant.id", "expected the directory id or a domain of the tenant"),
        (Office.application, "app-1234", "tenant.clientID", "a GUID such as"),
        (
            "clientKey: \"file:FOLDER/app.key\"", "clientKey: \"file:FOLDER/gone\"", "tenant.clientKey",
            "FOLDER/gone does not exist"
        ),
        ("clientKey: \"file:FOLDER/app.key\"", "clientKey: \"file:FOLDER/key\"", "tenant.clientKey", "key"),
        (
            "clientCertificate: FOLDER/app.pem", "clientCertificate: FOLDER/root.pem", "tenant.clientKey",
            "does not belong to the certificate"
        ),
        (
            "clientCertificate: FOLDER/app.pem", "clientCertificate: FOLDER/app.key", "tenant.clientCertificate",
            "holds PRIVATE KEY"
        ),
        (
            "clientKey: \"file:FOLDER", "login: \"http://login.example\", clientKey: \"file:FOLDER", "tenant.login",
            "begin with https://"
        ),
        (
            "publicKey: FOLDER/intune.pem", "publicKey: intune.pem", "intune.publicKey",
            "expected an absolute path, found \"intune.pem\""
        ),
        ("publicKey: FOLDER/intune.pem", "publicKey: FOLDER/app.key", "intune.publicKey", "private key"),
        ("publicKey: FOLDER/intune.pem", "publicKey: FOLDER/root.pem", "intune.publicKey", "RSA"),
        (
            "certificate: FOLDER/anna.pem", "certificate: FOLDER/gone.pem", "keyRecoveryAgents[0].certificate",
            "gone.pem does not exist"
        ),
        (
            "certificate: FOLDER/anna.pem", "certificate: FOLDER/signer.pem", "keyRecoveryAgents[0].certificate",
            "the certificate is for"
        ),
        (
            "certificate: FOLDER/anna.pem", "certificate: FOLDER/two.pem", "keyRecoveryAgents[0].certificate",
            "holds 2 certificates, expected the agent's certificate alone"
        ),
        (
            "certificate: FOLDER/anna.pem", "certificate: FOLDER/both.pem", "keyRecoveryAgents[0].certificate",
            "holds a private key beside the agent's certificate"
        ),
        (
            "tlsRoots: FOLDER/root.pem", "tlsRoots: FOLDER/both.pem", "backendCAs[0].tlsRoots",
            "holds a private key beside"
        ),
        ("connector: one-ca", "connector: one-cb", "backendCAs[0].connector", "did you mean \"one-ca\"?"),
        ("connector: one-ca", "connector: off", "backendCAs[0].connector", "is not enabled"),
        (
            "acceptedRoots: FOLDER/root.pem", "acceptedRoots: FOLDER/intune.pem", "backendCAs[0].acceptedRoots",
            "holds PUBLIC KEY, expected the CA's root in PEM"
        ),
        (
            "acceptedRoots: FOLDER/root.pem", "acceptedRoots: FOLDER/empty", "backendCAs[0].acceptedRoots",
            "holds no PEM"
        ),
        ("tlsRoots: FOLDER/root.pem", "tlsRoots: FOLDER", "backendCAs[0].tlsRoots", "cannot be read"),
        (
            "settings: {", "environment: prodction, settings: {", "backendCAs[0].environment",
            "unknown environment prodction"
        ),
        ("settings: {", "endpoint: \"https://ca.example/?a\", settings: {", "backendCAs[0].endpoint", "has no query"),
        ("key: \"file:FOLDER/key\"", "key: \"file:FOLDER/empty\"", "backendCAs[0].settings.key", "is empty"),
        ("key: \"file:FOLDER/key\"", "key: \"file:key\"", "backendCAs[0].settings.key", "expected an absolute path"),
        ("key: \"file:FOLDER/key\"", "key: hunter2", "backendCAs[0].settings.key", "expected a reference"),
        ("key: \"file:FOLDER/key\", ", "", "backendCAs[0].settings.key", "Key is missing"),
        ("mode: fast", "mode: fats", "backendCAs[0].settings.mode", "\"fats\" is not one of the choices"),
        ("mode: fast", "mode: fast, cuont: 3", "backendCAs[0].settings.cuont", "unknown setting cuont"),
        ("mode: fast", "mode: fast, count: three", "backendCAs[0].settings.count", "expected a whole number"),
        ("program: FOLDER/key", "program: FOLDER/gone", "backendCAs[0].settings.program", "FOLDER/gone does not exist"),
        ("program: FOLDER/key", "program: key", "backendCAs[0].settings.program", "expected an absolute path"),
        ("group: \(Office.group)", "group: people", "templates[0].group", "found \"people\""),
        ("backendCA: one", "backendCA: onee", "templates[0].backendCA", "\"onee\" is not configured"),
        ("product: mail", "product: mial", "templates[0].product", "connector one-ca has no product \"mial\""),
        ("key: rsa2048", "key: p256", "templates[0].key", "it takes no key of type p256"),
        ("validityDays: 300", "validityDays: 400", "templates[0].validityDays", "expected from 1 to 365"),
        (
            "validityDays: 300", "validityDays: 300, purpose: smimeEncryption", "templates[0].purpose",
            "it is not for purpose"
        ),
        ("level: 1", "level: high", "templates[0].options.level", "expected a whole number"),
        ("level: 1", "levle: 1, level: 1", "templates[0].options.levle", "unknown setting levle (did you mean level?)"),
        (
            "[anna]", "[anna, bert]", "templates[0].keyRecoveryAgents[1]",
            "key recovery agent \"bert\" is not configured"
        ),
    ]

    /// One mistake, one problem, where it stands.
    @Test(arguments: mistakes)
    func aMistakeIsNamedOnceWithItsPlace(_ right: String, _ wrong: String, _ keyPath: String, _ text: String)
        async throws
    {
        let (office, good) = try await office()
        let before = try await office.configuration.export()
        func filled(_ text: String) -> String { text.replacing("FOLDER", with: office.folder.path) }
        let bad = good.replacing(filled(right), with: filled(wrong), maxReplacements: 1)
        try #require(bad != good)
        let found = try await problems(office.configuration, bad)
        #expect(found.map(\.keyPath) == [keyPath], "\(found)")
        let problem = try #require(found.first)
        #expect(problem.file == "f.yaml" && problem.description.contains(filled(text)), "\(problem)")
        let line = bad.split(separator: "\n").firstIndex { $0.contains(filled(wrong)) && !wrong.isEmpty }
        if let line { #expect(problem.line == line + 1, "\(problem)") }
        #expect(!problem.description.contains("hunter2"))
        #expect(try await office.configuration.export() == before)
    }

    @Test func nothingIsWrongWithWhatIsRight() async throws {
        let (office, good) = try await office()
        #expect(try await problems(office.configuration, good) == [])
        // Only the service sees its own environment.
        let absent = good.replacing("\"file:\(office.folder.path)/key\"", with: "env:CERTWAY_TEST_NOWHERE")
        #expect(try await problems(office.configuration, absent) == [])
    }

    /// What a file leaves out stays as it is, and stands in nobody's way.
    @Test func whatTheFileLeavesOutIsNotLookedAt() async throws {
        let (office, good) = try await office()
        #expect(try await problems(office.configuration, good) == [])
        try FileManager.default.removeItem(atPath: office.folder.path("anna.pem"))
        #expect(try await problems(office.configuration, "limits: {ordersPerRun: 7}") == [])
        #expect(try await problems(office.configuration, good).map(\.keyPath) == ["keyRecoveryAgents[0].certificate"])
    }

    /// Whoever examines a gateway learns what `apply` would have said, for what has changed since.
    @Test func theStoredConfigurationIsLookedAtAgain() async throws {
        let (office, good) = try await office()
        // Without a tenant nobody is called.
        let yaml = good.split(separator: "\n").filter { !$0.hasPrefix("tenant:") }.joined(separator: "\n")
        try await office.apply(yaml, prunes: true)
        func checks() async throws -> (one: BackendCACheck, doctor: [Examination.Finding]) {
            let gateway = try await office.gateway()
            return (
                await BackendCAAdministration(gateway).check("one"),
                try await Doctor(gateway).examine().findings.filter { $0.subject == "configuration" }
            )
        }
        let before = try await checks()
        #expect(before.one.isGood && before.one.configuration.isEmpty, "\(before.one)")
        #expect(before.doctor.map(\.verdict).contains(.ok), "\(before.doctor)")
        let profile = try String(contentsOfFile: office.folder.path("one-ca.yaml"), encoding: .utf8)
        try office.folder.write(profile.replacing("id: mail", with: "id: post"), to: "one-ca.yaml")
        try FileManager.default.removeItem(atPath: office.folder.path("intune.pem"))
        let after = try await checks()
        #expect(!after.one.isGood)
        #expect(after.one.configuration.map(\.message) == ["connector one-ca has no product \"mail\""])
        let failed = after.doctor.filter { $0.verdict == .failed }.map(\.text)
        #expect(failed.count == 2 && !after.doctor.map(\.verdict).contains(.ok), "\(after.doctor)")
        #expect(
            failed.contains { $0.contains("intune.publicKey: file \(office.folder.path)/intune.pem does not exist") })
        #expect(
            failed.contains { $0.contains("configuration in \(office.home.database):") && $0.contains(".product: ") })
    }

    /// What 'connector validate' says of a profile that the file names is said here, too: what its module finds, and twins. The dry run
    /// says the same, and nothing is stored.
    @Test(arguments: [true, false])
    func aProfileIsJudgedAsValidateDoes(isDryRun: Bool) async throws {
        let office = try await Office()
        try office.folder.write(CountingConnector.profile("one-ca", "counting: bad"), to: "one-ca.yaml")
        try office.folder.write(CountingConnector.profile("other-ca"), to: "twin.yaml")
        let error = await #expect(throws: Diagnostics.self) {
            try await office.apply(office.yaml(settings: ", note: changed"), isDryRun: isDryRun)
        }
        let found = error?.all ?? []
        #expect(found.map(\.keyPath) == ["backendCAs[0].connector", "backendCAs[1].connector"], "\(found)")
        let validated = try ConnectorAdministration(office.profiles).validate(office.folder.path("one-ca.yaml"))
            .problems
        #expect(validated.count == 1 && found.first?.message == validated.first?.description, "\(found) \(validated)")
        #expect(found.last?.message.contains("also the connector of \(office.folder.path("twin.yaml"))") == true)
        #expect(try await !office.configuration.export().contains("changed"))
    }

    /// The stored configuration is not called right beside a profile of it that is wrong.
    @Test func doctorCallsNoConfigurationRightWhoseProfileIsWrong() async throws {
        let office = try await Office()
        try office.folder.write(CountingConnector.profile("one-ca", "counting: bad"), to: "one-ca.yaml")
        let findings = try await Doctor(office.gateway()).examine().findings
        #expect(!findings.contains { $0.subject == "configuration" && $0.verdict == .ok }, "\(findings)")
        #expect(findings.count { $0.text.contains("it is bad") } == 1, "\(findings)")
    }

    /// Where the service gets its environment from is not known here: it is said, and refuses nothing.
    @Test func aVariableThatIsNotSetIsSaid() async throws {
        let office = try await Office()
        let yaml = office.yaml().replacing("file:\(office.folder.path)/key", with: "env:CERTWAY_TEST_NOWHERE")
        let warnings = try await office.apply(yaml, isDryRun: true).warnings
        #expect(warnings.count { $0.contains("env:CERTWAY_TEST_NOWHERE is not set here") } == 2, "\(warnings)")
    }
}
