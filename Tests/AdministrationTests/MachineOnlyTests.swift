// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorHost
import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import PKIX
import Records
import Settings
import TestSupport
import Testing
import YAMLDocuments

/// What an administrator of the console must not do from afar, and the machine's own may.
@Suite(.timeLimit(.minutes(2))) struct MachineOnlyTests {
    private static let admin = Caller(name: "eve@example.org", roles: [.administrator], origin: "by group")

    private func apply(
        _ yaml: String, in office: Office, by caller: Caller = admin, isDryRun: Bool = false
    ) async throws {
        _ = try await ConfigurationAdministration(office.home, office.profiles, caller: caller).apply(
            yaml, file: "the document", prunes: true, isDryRun: isDryRun)
    }

    private func agent(_ office: Office, _ name: String) throws -> String {
        let key = try PrivateKey.generate(.p256)
        let certificate = try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", name)], publicKey: key.publicKey, notBefore: Office.start,
            notAfter: Office.end
        ).selfSigned(key: key)
        try office.folder.write(certificate.pem, to: "home/secrets/\(name).pem")
        return "keyRecoveryAgents: [{name: \(name), certificate: \(office.home.secrets)/\(name).pem}]"
    }

    /// Each of the three decides who opens keys.
    @Test(arguments: ["keyRecoveryAgents", "recovery", "console.roles.keyRecoveryAgent"])
    func whoOpensKeysIsChangedOnTheMachine(_ place: String) async throws {
        let archive = try await ArchiveOffice([])
        let office = archive.office
        let yaml =
            switch place {
            case "recovery": "recovery: {approvals: 1, lapsesAfter: 1h}"
            case "keyRecoveryAgents": try agent(office, "mine")
            default: "console: {roles: {administrator: [A], keyRecoveryAgent: [Mine]}}"
            }
        let before = try await office.configuration.export()
        for isDryRun in [true, false] {
            let error = await #expect(throws: SettingsError.self) {
                try await apply(yaml, in: office, isDryRun: isDryRun)
            }
            #expect("\(error.map { "\($0)" } ?? "")".contains("\(place) decides who can open archived keys"))
        }
        #expect(try await office.configuration.export() == before)
        let refusals = try await office.ledger.audit.records(AuditFilter()).items.filter {
            $0.outcome == "refused" && $0.action == "apply.configuration"
        }
        #expect(refusals.count == 1 && refusals[0].actor == "eve@example.org", "\(refusals)")
        // The machine's own may.
        try await apply(yaml, in: office, by: .commandLine("root"))
        #expect(try await office.configuration.export() != before)
    }

    /// Where it takes two, one of them does not change that.
    @Test func thatItTakesTwoIsChangedOnTheMachine() async throws {
        let office = try await ArchiveOffice([]).office
        try await apply("limits: {ordersPerRun: 1}", in: office)
        try await apply("limits: {ordersPerRun: 1, secondPerson: true}", in: office)
        for limits in ["{ordersPerRun: 500, secondPerson: true}", "{ordersPerRun: 1}"] {
            let error = await #expect(throws: SettingsError.self) { try await apply("limits: \(limits)", in: office) }
            #expect("\(error.map { "\($0)" } ?? "")".contains("limits decides what needs a second person's consent"))
            try await apply("limits: \(limits)", in: office, by: .commandLine("root"), isDryRun: true)
        }
        // A template's own bounds are such, too.
        let template =
            "templates: [{name: t, group: 11111111-2222-3333-4444-555555555555, backendCA: one, product: p, delivery: none, limits: {ordersPerRun: 400}}]"
        let error = await #expect(throws: SettingsError.self) {
            try await apply("limits: {ordersPerRun: 1, secondPerson: true}\n\(template)", in: office)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("templates.t.limits decides"))
    }

    private static let tenant =
        "tenant: {id: sandbox.example, clientID: 11111111-2222-3333-4444-555555555555, clientSecret: env:CERTWAY_NONE, login: \"LOGIN\"}"

    private static let signIn = """
        console:
          publicURL: https://certway.example.org
          roles: {administrator: [A]}
          signIn: {clientID: 99999999-2222-3333-4444-555555555555, clientSecret: "env:CERTWAY_NONE"}
        """

    /// Whoever says who signs in says who is an agent, and whoever says where mails arrive has what they carry.
    @Test(arguments: [
        ("tenant", tenant.replacing("LOGIN", with: "https://evil.example")),
        ("console.signIn", tenant.replacing("LOGIN", with: "https://login.example") + "\n" + signIn),
    ])
    func whoSignsInIsChangedOnTheMachine(_ place: String, _ yaml: String) async throws {
        let office = try await ArchiveOffice([]).office
        let agents = try await office.configuration.export().split(separator: "\n").map(String.init)
        let first = Self.tenant.replacing("LOGIN", with: "https://login.example")
        func whole(_ yaml: String) -> String { yaml + "\n" + agents.joined(separator: "\n") }
        try await apply(whole(first), in: office, by: .commandLine("root"))
        let error = await #expect(throws: SettingsError.self) { try await apply(whole(yaml), in: office) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("\(place) decides who signs in"), "\(error as Any)")
        try await apply(whole(yaml), in: office, by: .commandLine("root"))
    }

    /// What does not decide on keys may be changed with an agent there, and the same document once more is no change.
    @Test func everythingElseIsForTheAdministrator() async throws {
        let archive = try await ArchiveOffice([])
        try await apply("console: {roles: {administrator: [A]}, sessionHours: 3}", in: archive.office)
        #expect(try await archive.office.gateway().configuration.console?.sessionHours == 3)
        try await apply(
            ConfigurationAdministration(archive.office.home, archive.office.profiles, caller: Self.admin).export(),
            in: archive.office)
    }

    /// Nothing is archived yet: whoever sets a gateway up decides.
    @Test func beforeTheFirstAgentTheConsoleDecides() async throws {
        let office = try await Office()
        try await apply(
            agent(office, "first") + "\nrecovery: {approvals: 2}\nconsole: {roles: {keyRecoveryAgent: [K]}}", in: office
        )
        #expect(try await office.gateway().configuration.keyRecoveryAgents.map(\.name) == ["first"])
        await #expect(throws: SettingsError.self) { try await apply("keyRecoveryAgents: []", in: office) }
    }

    // MARK: - Tokens

    @Test func tokensOfAgentsAreMadeAtTheMachineAlone() async throws {
        let office = try await Office()
        // Even one who has all rights of an agent: a second person must not be a token of the first.
        let both = Caller(
            name: "eve@example.org", roles: [.administrator, .keyRecoveryAgent], origin: "by group")
        let error = await #expect(throws: SettingsError.self) {
            try await TokenAdministration(office.store, caller: both).create(name: "a", role: .keyRecoveryAgent)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("on the gateway's machine"))
        await #expect(throws: AccessDenied.self) {
            try await TokenAdministration(office.store, caller: Self.admin).create(name: "b", role: .keyRecoveryAgent)
        }
        #expect(try await office.store.tokens.all().isEmpty)
        let refused = try await office.ledger.audit.records(AuditFilter()).items.filter {
            $0.action == "create.token" && $0.outcome == "refused"
        }
        #expect(refused.count == 2)
        let made = try await TokenAdministration(office.store, caller: .commandLine("root")).create(
            name: "c", role: .keyRecoveryAgent)
        #expect(made?.token.role == .keyRecoveryAgent)
    }

    // MARK: - Values that are not stored

    /// A gateway that knows a connector which runs programs, too.
    private func gateway(_ office: Office) async throws -> Gateway {
        let modules = ModuleLoader(folders: [], linked: [CountingConnector.self, ProgramConnector.self])
        try office.folder.write(
            CountingConnector.profile("prog-ca").replacing("module: counting", with: "module: external"),
            to: "prog-ca.yaml")
        return try await Gateway.open(
            office.home,
            profiles: Profiles(
                modules: modules, catalogue: ProfileCatalogue(folders: [office.folder.path], modules: modules)),
            logger: StandardLogger(threshold: .error, write: { _ in }))
    }

    private func entry(_ office: Office, _ connector: String, key: String) throws -> JSONValue {
        try office.folder.write(office.root.pem, to: "home/secrets/root.pem")
        return [
            "name": "mine", "connector": .string(connector),
            "acceptedRoots": .string("\(office.home.secrets)/root.pem"),
            "settings": ["key": .string(key)],
        ]
    }

    private func tries(_ office: Office) async throws -> [AuditRecord] {
        try await office.ledger.audit.records(AuditFilter()).items.filter { $0.action == "try.ca" }
    }

    private static let elsewhere = "from here it can name what lies in"
    private static let taken = "used at another address or for something else"

    /// A file of its own in the folder for it may go anywhere; nothing else of the machine, whatever it is.
    @Test func whatAnUnsavedCANamesLiesInTheFolderForIt() async throws {
        let office = try await Office()
        let check = UnsavedBackendCA(try await gateway(office))
        try office.folder.write("another", to: "home/secrets/own-key")
        try office.folder.write("any", to: "any")
        try FileManager.default.createSymbolicLink(
            atPath: office.home.secrets + "/link", withDestinationPath: office.folder.path("any"))
        let cases = [
            "file:" + office.folder.path("key"), "file:" + office.folder.path("any"), "env:PATH",
            "file:\(office.home.path)/certway.db-wal", "file:\(office.home.secrets)/../certway.db",
            "file:\(office.home.secrets)/link", "file:/proc/self/environ", "file:\(office.home.secrets)",
        ]
        for key in cases {
            let error = await #expect(throws: SettingsError.self, "\(key)") {
                try await check.check(try entry(office, "one-ca", key: key), by: Self.admin)
            }
            #expect("\(error as Any)".contains(Self.elsewhere), "\(key)")
        }
        let own = "file:\(office.home.secrets)/own-key"
        await #expect(throws: Diagnostics.self) {
            try await check.check(try entry(office, "one-ca", key: own + "\0"), by: Self.admin)
        }
        _ = try await check.check(try entry(office, "one-ca", key: own), by: Self.admin)
        let told = try await tries(office).filter { $0.outcome != "refused" }
        #expect(told.count == 1 && "\(told)".contains(own), "the record says which secret has left: \(told)")
    }

    /// Each section that names a secret or a file, new from afar.
    @Test(arguments: [
        "directories: [{name: l, kind: ldap, url: \"ldaps://evil.example\", base: dc=x, bindName: cn=x, bindPassword: \"file:PATH\"}]",
        "directories: [{name: l, kind: ldap, url: \"ldaps://evil.example\", base: dc=x, clientCertificate: PATH, clientKey: PATH}]",
        "notifications: {from: a@example.org, smtp: {server: evil.example, user: u, password: \"file:PATH\"}}",
        "notifications: {from: a@example.org, smtp: {server: m.example}, webhooks: [{name: w, url: \"https://evil.example\", secret: \"file:PATH\"}]}",
        "tenant: {id: sandbox.example, clientID: 11111111-2222-3333-4444-555555555555, clientSecret: \"file:PATH\"}",
        "intune: {publicKey: PATH, providerName: p, keyName: k}",
        "keyRecoveryAgents: [{name: a, certificate: PATH}]",
        "console: {tls: {certificate: PATH, key: \"file:PATH\"}}",
        "templates: []\nbackendCAs: [{name: mine, connector: one-ca, acceptedRoots: PATH, settings: {key: \"file:PATH\"}}]",
    ])
    func whatASectionNamesLiesInTheFolderForIt(_ yaml: String) async throws {
        let office = try await Office()
        for path in [office.folder.path("key"), office.home.sealingKey, office.home.database] {
            let error = await #expect(throws: SettingsError.self) {
                try await apply(yaml.replacing("PATH", with: path), in: office, isDryRun: true)
            }
            #expect("\(error as Any)".contains(Self.elsewhere), "\(error as Any)")
        }
        // Whatever else is wrong with it then, it is not where it lies.
        try office.folder.write("x", to: "home/secrets/own")
        do {
            try await apply(yaml.replacing("PATH", with: office.home.secrets + "/own"), in: office, isDryRun: true)
        } catch { #expect(!"\(error)".contains("from here it can name"), "\(error)") }
    }

    /// What stands there may stay; it goes nowhere else, by this name or another.
    @Test func aSecretStaysWithItsAddress() async throws {
        let office = try await Office()
        try office.folder.write("x", to: "bind")
        try office.folder.write("x", to: "home/secrets/bind")
        for (path, words) in [
            (office.folder.path("bind"), Self.elsewhere), (office.home.secrets + "/bind", Self.taken),
        ] {
            func directory(_ name: String, _ url: String, _ filter: String = "mail") -> String {
                "directories: [{name: \(name), kind: ldap, url: \"\(url)\", base: dc=x, bindName: cn=x, "
                    + "filter: \"(\(filter)={mail})\", bindPassword: \"file:\(path)\"}]"
            }
            try await apply(directory("l", "ldaps://ours.example"), in: office, by: .commandLine("root"))
            try await apply(directory("l", "ldaps://ours.example", "uid"), in: office)
            for moved in [directory("l", "ldaps://evil.example"), directory("m", "ldaps://evil.example")] {
                let error = await #expect(throws: SettingsError.self) { try await apply(moved, in: office) }
                #expect("\(error as Any)".contains(words), "\(error as Any)")
            }
        }
    }

    /// What was in use is not free because nothing names it any more, whoever has taken it out; the machine says when it is.
    @Test(arguments: [true, false]) func aSecretThatIsNamedNoMoreStaysWithItsAddress(isTakenOutFromAfar: Bool)
        async throws
    {
        let office = try await Office()
        try office.folder.write("x", to: "home/secrets/bind")
        func directory(_ name: String, _ url: String) -> String {
            "directories: [{name: \(name), kind: ldap, url: \"\(url)\", base: dc=x, bindName: cn=x, "
                + "filter: \"(mail={mail})\", bindPassword: \"file:\(office.home.secrets)/bind\"}]"
        }
        try await apply(directory("l", "ldaps://ours.example"), in: office)
        try await apply("directories: []", in: office, by: isTakenOutFromAfar ? Self.admin : .commandLine("root"))
        for _ in 0..<2 {
            let error = await #expect(throws: SettingsError.self) {
                try await apply(directory("m", "ldaps://evil.example"), in: office)
            }
            #expect("\(error as Any)".contains(Self.taken), "\(error as Any)")
        }
        // Back to where it was, or wherever the machine says.
        try await apply(directory("n", "ldaps://ours.example"), in: office)
        try await apply(directory("o", "ldaps://new.example"), in: office, by: .commandLine("root"))
        let error = await #expect(throws: SettingsError.self) {
            try await apply(directory("o", "ldaps://ours.example"), in: office)
        }
        #expect("\(error as Any)".contains(Self.taken), "\(error as Any)")
    }

    @Test func theMachineNamesFurtherFolders() async throws {
        let office = try await Office()
        try office.folder.write("x", to: "hook")
        let hook =
            "notifications: {from: a@example.org, smtp: {server: m.example}, webhooks: [{name: w, url: \"https://h.example\", "
            + "secret: \"file:\(office.folder.path("hook"))\"}]}"
        let folders = "console: {secretFolders: [\(office.folder.path)]}"
        let error = await #expect(throws: SettingsError.self) { try await apply(folders, in: office) }
        #expect("\(error as Any)".contains("console.secretFolders decides"))
        await #expect(throws: SettingsError.self) { try await apply(hook, in: office) }
        try await apply(folders, in: office, by: .commandLine("root"))
        try await apply(hook, in: office)
        // The gateway's own folder lies in it, and offers no more than before.
        await #expect(throws: SettingsError.self) {
            try await apply(hook.replacing("/hook", with: "/home/node.id"), in: office)
        }
    }

    /// Whoever could take it away could name the server after that.
    @Test func mailedKeysAreEndedOnTheMachine() async throws {
        let office = try await Office()
        let mails = "notifications: {from: a@example.org, smtp: {server: m.example}}\n"
        let byMail = "handOver: {byMail: {passwordTo: office@example.org}}"
        try await apply(mails + byMail, in: office, by: .commandLine("root"))
        for yaml in ["handOver: {lifetime: 2d}", mails.replacing("m.example", with: "evil.example")] {
            let error = await #expect(throws: SettingsError.self, "\(yaml)") { try await apply(yaml, in: office) }
            #expect("\(error as Any)".contains("where keys and their passwords are sent"), "\(error as Any)")
        }
    }

    @Test func typedValuesAreTriedByWhoeverMayStoreThem() async throws {
        let office = try await Office()
        let check = UnsavedBackendCA(try await gateway(office))
        try office.folder.write("k", to: "home/secrets/key")
        let typed = try entry(office, "one-ca", key: "file:\(office.home.secrets)/key")
        for role in [Role.integrator, .helpdesk, .auditor] {
            await #expect(throws: AccessDenied.self) {
                try await check.check(typed, by: Caller(name: "ian", roles: [role], origin: "by group"))
            }
        }
        #expect(try await tries(office).map(\.outcome) == ["refused", "refused", "refused"])
        let result = try await check.check(typed, by: Self.admin)
        #expect(result.json["name"] == "mine")
        let records = try await tries(office)
        #expect(records.count == 4 && records.contains { $0.outcome != "refused" && $0.actor == "eve@example.org" })
        #expect(records.allSatisfy { $0.objectID == "mine" })
        // Only looked at: nothing was asked.
        _ = try await check.check(typed, by: Self.admin, isDryRun: true)
        #expect(try await tries(office).count == 4)
        #expect(try await office.gateway().configuration.backendCA("mine") == nil)
    }

    /// By which the gateway proves itself elsewhere: no CA has a claim to it.
    @Test(arguments: ["file", "env"]) func secretsOfTheGatewayGoToNoCA(_ kind: String) async throws {
        let office = try await Office()
        try office.folder.write("secret", to: "home/secrets/client")
        let secret = kind == "file" ? "file:\(office.home.secrets)/client" : "env:PATH"
        try await office.apply(
            office.yaml(
                more: "tenant: {id: \(Office.tenant), clientID: \(Office.application), clientSecret: \"\(secret)\"}"))
        let check = UnsavedBackendCA(try await gateway(office))
        let error = await #expect(throws: SettingsError.self) {
            try await check.check(try entry(office, "one-ca", key: secret), by: Self.admin)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains(kind == "file" ? Self.taken : Self.elsewhere))
    }

    @Test func programsAndKeysOfTheGatewayAreNotTriedFromAfar() async throws {
        let archive = try await ArchiveOffice([])
        let office = archive.office
        let gateway = try await gateway(office)
        let check = UnsavedBackendCA(gateway)
        try office.folder.write("k", to: "home/secrets/key")
        let link = office.home.secrets + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: gateway.home.sealingKey)
        let cases: [(connector: String, key: String, words: String)] = [
            ("prog-ca", "file:\(office.home.secrets)/key", "runs a program on the gateway's machine"),
            ("one-ca", "file:" + gateway.home.sealingKey, Self.elsewhere),
            ("one-ca", "file:" + link, Self.elsewhere),
            ("one-ca", "file:" + office.folder.path("./office.key"), Self.elsewhere),
        ]
        for (connector, key, words) in cases {
            let typed = try entry(office, connector, key: key)
            for isDryRun in [true, false] {
                let error = await #expect(throws: SettingsError.self, "\(key)") {
                    try await check.check(typed, by: Self.admin, isDryRun: isDryRun)
                }
                #expect("\(error.map { "\($0)" } ?? "")".contains(words), "\(key)")
            }
            // Neither are they stored.
            let document: JSONValue = ["backendCAs": [typed]]
            await #expect(throws: SettingsError.self, "\(key)") {
                _ = try await ConfigurationAdministration(office.home, gateway.profiles, caller: Self.admin).apply(
                    document.text, file: "the document", prunes: false, isDryRun: true)
            }
        }
        let records = try await tries(office)
        #expect(records.count == cases.count && records.allSatisfy { $0.outcome == "refused" })
        // At the machine a program is tried as it would be used.
        _ = try await check.check(
            try entry(office, "prog-ca", key: "file:" + office.folder.path("key")), by: .commandLine("root"))
    }
}

/// As a connector that runs programs is called; runs none.
private final class ProgramConnector: CertificateAuthorityConnector {
    static let kind: ConnectorKind = "external"
    let services: ConnectorServices

    static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] { [] }

    init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        self.services = services
    }

    func check() async throws -> AccountReport { AccountReport(account: "a program", issuers: []) }

    func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        throw ConnectorError(.configuration, "nothing is ordered here")
    }
}
