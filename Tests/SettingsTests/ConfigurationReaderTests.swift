// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Settings
import Testing
import YAMLDocuments

@Suite struct ConfigurationReaderTests {
    private func problems(_ text: String) -> [Diagnostic] {
        do {
            _ = try ConfigurationReader.read(text, file: "certway.yaml")
            return []
        } catch {
            return error.all
        }
    }

    @Test func everyKeyIsRead() throws {
        let configuration = try ConfigurationReader.read(SampleConfiguration.full, file: "certway.yaml")
        let tenant = try #require(configuration.tenant)
        #expect(tenant.id == "contoso.example")
        #expect(tenant.clientID == "11111111-2222-3333-4444-555555555555")
        #expect(tenant.credential == .secret(try #require(SecretReference("env:ENTRA_SECRET"))))
        #expect(tenant.cloud == .usGovernment)
        #expect(tenant.login == "https://login.example")
        #expect(tenant.graph == "https://graph.example")
        #expect(tenant.tlsRoots == "/etc/certway/proxy.pem")
        let intune = try #require(configuration.intune)
        #expect(intune.publicKey == "/etc/certway/connector.pem")
        #expect(intune.paddingScheme == .oaepSha256)
        #expect(intune.pfxEncryption == .aes256SHA256)
        #expect(configuration.keyRecoveryAgents.map(\.name) == ["anna", "bert"])
        let backend = try #require(configuration.backendCA("public"))
        #expect(backend.environment == "sandbox")
        #expect(backend.endpoint == "https://ca.example/v2")
        #expect(backend.tlsRoots == "/etc/certway/tls.pem")
        #expect(
            backend.settings == [
                "apiKey": "file:/etc/certway/key", "organization": 12, "divisions": ["a", "b"], "strict": true,
            ])
        #expect(backend.absenceIsSureAfter == .seconds(7200))
        #expect(backend.pollEvery == .seconds(900))
        #expect(backend.expectedWithin == .seconds(3 * 86_400))
        #expect(configuration.backendCA("private")?.expectedWithin == .seconds(7 * 86_400))
        let template = try #require(configuration.template("smime"))
        #expect(template.group == "aaaaaaaa-0000-0000-0000-00000000000a")
        #expect(template.nested && template.transliterate && !template.enabled && template.isArchived)
        #expect(template.key == .p384)
        #expect(template.purpose == .smimeEncryption)
        #expect(template.validityDays == 825)
        #expect(template.addressDomains == ["example.test", "example.org"])
        #expect(template.guests)
        #expect(template.options == ["profileType": "strict", "organizationID": 12345])
        #expect(template.keyRecoveryAgents == ["anna", "bert"])
        #expect(template.delivery == .none)
        #expect(template.intendedPurpose == .unassigned)
        #expect(template.pfxEncryption == .tripleDESSHA1)
        #expect(template.life.renewBefore == .seconds(21 * 86_400) && template.life.renewSpread == .seconds(3 * 86_400))
        #expect(template.life.superseded == .revoke && template.life.onChange == .replace)
        #expect(template.life.onDeparture == .retire && template.life.departureGrace == .seconds(2 * 86_400))
        #expect(
            try template.names["commonName"]?.evaluate(["displayName": "Ada", "employeeId": "7"]) == "Ada (7)")
        #expect(try template.names["organization"]?.evaluate([:]) == "Example GmbH")
        #expect(configuration.limits.ordersPerRun == 7)
        #expect(configuration.limits.endingsPerRun == 4 && configuration.limits.concurrency == 3)
        #expect(configuration.limits.keyGenerators == 2)
        #expect(configuration.limits.interval == .seconds(3 * 86_400))
        #expect(configuration.limits.driftEvery == .seconds(7 * 86_400))
        let reading = ConfigurationReader.examine(try YAMLNode.parse(SampleConfiguration.full, file: "certway.yaml"))
        reading.noteInconsistencies()
        #expect(reading.collector.isEmpty, "\(reading.collector.all)")
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        let configuration = try ConfigurationReader.read(SampleConfiguration.full, file: "certway.yaml")
        let template = try #require(configuration.template("plain"))
        #expect(!template.nested && !template.transliterate && template.enabled && !template.isArchived)
        #expect(template.key == .rsa2048)
        #expect(template.purpose == .smime)
        #expect(template.validityDays == nil && template.life == LifePolicy())
        #expect(template.addressDomains == [] && !template.guests)
        #expect(template.options == [:])
        #expect(template.delivery == .intune)
        #expect(template.intendedPurpose == .smimeEncryption)
        #expect(template.pfxEncryption == nil)
        let intune = try ConfigurationReader.read(
            "intune: {publicKey: /connector.pem, providerName: p, keyName: k}", file: "certway.yaml"
        ).intune
        #expect(intune?.paddingScheme == .oaepSha512 && intune?.pfxEncryption == .tripleDESSHA1)
        let person: JSONValue = [
            "smtpAddresses": ["ada@example.test"], "displayName": "Ada Lovelace", "givenName": "Ada",
            "surname": "Lovelace",
        ]
        #expect(try template.names["emails"]?.evaluate(person) == ["ada@example.test"])
        #expect(try template.names["commonName"]?.evaluate(person) == "Ada Lovelace")
        #expect(try template.names["givenName"]?.evaluate(person) == "Ada")
        #expect(try template.names["surname"]?.evaluate(person) == "Lovelace")
        let empty = try ConfigurationReader.read("{}", file: "certway.yaml")
        #expect(empty.tenant == nil && empty.intune == nil && empty.templates.isEmpty)
        #expect(empty.limits.ordersPerRun == 500)
        #expect(empty.limits.concurrency == 32)
        #expect(empty.limits.keyGenerators == ProcessInfo.processInfo.activeProcessorCount)
        #expect(empty.limits.interval == .seconds(900))
        #expect(empty.limits.driftEvery == nil)
    }

    @Test func everyProblemIsShownAtOnceWithItsPlace() {
        let found = problems(
            """
            tenant: {id: contoso.example, clientID: abc, clientSecret: "env:S", cloud: moon}
            intune:
              publicKey: /k.pem
              providerNam: KSP
              keyName: ""
            keyRecoveryAgents:
              - {certificate: /a.pem}
            backendCAs:
              - {name: ca, connector: x, acceptedRoots: /r.pem, pollEvery: soon}
              - {name: ca, connector: 5, acceptedRoots: /r.pem}
            templates:
              - name: t
                group: g
                backendCA: ca
                product: p
                validityDays: 0
                keyRecoveryAgents: [a]
                purpose: smimeSigning
                names: {comonName: .displayName, emails: "[.mail", surname: env.HOME}
            limit: {ordersPerRun: 5}
            """)
        #expect(
            found.map { "\($0.line ?? 0) \($0.keyPath)" } == [
                "1 tenant.cloud", "3 intune.providerName", "4 intune.providerNam", "5 intune.keyName",
                "7 keyRecoveryAgents[0].name", "9 backendCAs[0].pollEvery", "10 backendCAs[1].name",
                "10 backendCAs[1].connector", "16 templates[0].validityDays", "17 templates[0].keyRecoveryAgents",
                "19 templates[0].names.comonName", "19 templates[0].names.emails", "19 templates[0].names.surname",
                "20 limit",
            ], "\(found.map(\.description).joined(separator: "\n"))")
        func text(_ path: String) -> String { found.first { $0.keyPath == path }?.description ?? "" }
        #expect(
            text("intune.providerNam")
                == "certway.yaml:4:3: intune.providerNam: unknown key providerNam (did you mean providerName?)")
        #expect(text("templates[0].names.comonName").hasSuffix("unknown name comonName (did you mean commonName?)"))
        #expect(text("backendCAs[1].name").contains("\"ca\" stands twice in backendCAs"))
        #expect(
            text("backendCAs[0].pollEvery").contains(
                "expected a duration from 1s to 30d, such as 5s, 15m, 2h or 3d, found \"soon\""))
        #expect(text("limit").hasSuffix("(did you mean limits?)"))
    }

    /// People read them as one, and would be bought for twice.
    @Test func namesDifferByMoreThanCapitals() {
        let found = problems("backendCAs: [{name: ca, connector: c}, {name: CA, connector: c}]").map(\.description)
        #expect(found.contains { $0.contains("\"CA\" stands twice in backendCAs, there as \"ca\"") }, "\(found)")
    }

    @Test func aProgramThatDoesNotCompileIsFoundWithItsTemplate() {
        let found = problems(
            """
            templates:
              - {name: a, group: g, backendCA: c, product: p}
              - name: b
                group: g
                backendCA: c
                product: p
                names:
                  commonName: nosuchfunction(.x)
            """)
        #expect(found.map(\.keyPath) == ["templates[1].names.commonName"])
        #expect(found.first?.line == 8)
        #expect(found.first?.message.contains("nosuchfunction") == true, "\(found)")
    }

    /// A secret where a reference belongs must not come out again in the message about it.
    @Test(arguments: ["hunter2hunter2", "8675309", "[hunter2hunter2]", "{a: hunter2hunter2}", "true", "\"env:\"", "~"])
    func aSecretIsNeverQuoted(_ value: String) {
        let found = problems(
            """
            tenant:
              id: i
              clientID: c
              clientSecret: \(value)
            """)
        #expect(found.map(\.keyPath) == ["tenant.clientSecret"])
        #expect(found.first?.line == 4)
        #expect(found.first?.message == SecretReference.expectation)
        #expect(!"\(found)".contains("hunter2") && !"\(found)".contains("8675309"))
    }

    @Test(arguments: [
        ("", ["tenant.clientSecret: missing: give clientSecret, or clientCertificate and clientKey"]),
        ("clientCertificate: /c.pem", ["tenant.clientKey: clientKey is missing"]),
        ("clientKey: file:/k", ["tenant.clientCertificate: clientCertificate is missing"]),
        ("clientCertificate: /c.pem, clientKey: /k", ["tenant.clientKey: \(SecretReference.expectation)"]),
        (
            "clientCertificate: /c.pem, clientKey: file:/k, clientSecret: env:S",
            ["tenant.clientSecret: give either clientSecret, or clientCertificate together with clientKey"]
        ),
        ("clientCertificate: /c.pem, clientKey: file:/k", []),
    ])
    func theTenantHasOneCredential(_ members: String, _ expected: [String]) {
        let found = problems("tenant: {id: i, clientID: c\(members.isEmpty ? "" : ", ")\(members)}")
        #expect(found.map { "\($0.keyPath): \($0.message)" } == expected)
    }

    @Test func aCertificateCredentialIsRead() throws {
        let configuration = try ConfigurationReader.read(
            "tenant: {id: i, clientID: c, clientCertificate: /c.pem, clientKey: file:/k}", file: "f")
        let key = try #require(SecretReference("file:/k"))
        #expect(configuration.tenant?.credential == .certificate(path: "/c.pem", key: key))
    }

    @Test(arguments: ["- a", "text", "", "templates: {name: t}", "limits: [1]", "a: &x 1\nb: *x", "tenant: {id: [}"])
    func otherShapesAreRefusedOrEmpty(_ text: String) {
        let found = problems(text)
        #expect(found.isEmpty == text.isEmpty)
        #expect(found.allSatisfy { $0.file == "certway.yaml" && $0.line != nil })
    }

    @Test func aChangedTemplateHasAnotherFingerprint() throws {
        func fingerprint(_ members: String) throws -> String {
            let text = "templates: [{\(members)}]"
            return try #require(try ConfigurationReader.read(text, file: "f").templates.first).fingerprint
        }
        let one = try fingerprint("name: t, group: g, backendCA: c, product: p, options: {a: 1, b: 2}")
        #expect(try fingerprint("product: p, group: g, options: {b: 2, a: 1}, name: t, backendCA: c") == one)
        #expect(try fingerprint("name: t, group: g, backendCA: c, product: p, options: {a: 1, b: 3}") != one)
        #expect(try fingerprint("name: t, group: h, backendCA: c, product: p, options: {a: 1, b: 2}") != one)
    }

    /// The table that reader, reference and schema have in common knows every key, and no other: the sample uses them all.
    @Test func theTableOfKeysIsThatOfTheReader() throws {
        let sample = try YAMLNode.parse(SampleConfiguration.full, file: "certway.yaml").json
        func uses(_ value: JSONValue, _ steps: ArraySlice<Substring>) -> Bool {
            guard let step = steps.first else { return true }
            let name = step.hasSuffix("[]") ? step.dropLast(2) : step
            let found = name == "*" ? value.object?.values.map(\.self) ?? [] : [value[String(name)]].compactMap(\.self)
            let next = step.hasSuffix("[]") ? found.flatMap { $0.array ?? [] } : found
            return next.contains { uses($0, steps.dropFirst()) }
        }
        // A credential is one of two, and names are all of one kind.
        let others = ["tenant", "console.signIn", "directories[]"].flatMap {
            ["\($0).clientCertificate", "\($0).clientKey"]
        }
        for key in ConfigurationKeys.all
        where !others.contains(key.path) && !key.path.hasPrefix("templates[].names.") {
            #expect(uses(sample, key.path.split(separator: ".")[...]), "\(key.path) is not in the sample")
        }
    }

    @Test func partsThatDoNotFitTogetherAreNamed() throws {
        let text = """
            backendCAs: [{name: ca, connector: x, acceptedRoots: /r.pem}]
            templates:
              - {name: t, group: g, backendCA: cb, product: p, keyRecoveryAgents: [anna]}
              - {name: u, group: g, backendCA: ca, product: p, delivery: none}
            """
        let reading = ConfigurationReader.examine(try YAMLNode.parse(text, file: "f"))
        #expect(reading.collector.isEmpty)
        reading.noteInconsistencies()
        #expect(
            reading.collector.all.map(\.description) == [
                "f:3:36: templates[0].backendCA: template t: backendCA \"cb\" is not configured (did you mean ca?)",
                "f:3:72: templates[0].keyRecoveryAgents[0]: template t: key recovery agent \"anna\" is not configured "
                    + "(there are no agents)",
                "f:3:5: templates[0].delivery: template t: delivers through Intune, but section intune is missing "
                    + "(add it, or set delivery: none)",
            ])
    }

    /// One group for all certificates of its people; a template has it from its policy, or by itself.
    @Test func aPolicyGivesItsTemplatesTheGroup() throws {
        func read(_ policies: String) throws -> ConfigurationReading {
            let text = """
                backendCAs: [{name: ca, connector: x, acceptedRoots: /r.pem}]
                templates:
                  - {name: mail, backendCA: ca, product: p, delivery: none}
                  - {name: logon, group: g, nested: true, backendCA: ca, product: p, delivery: none}
                policies: \(policies)
                """
            let reading = ConfigurationReader.examine(try YAMLNode.parse(text, file: "f"))
            reading.noteInconsistencies()
            return reading
        }
        let right = try read("[{name: staff, group: H, templates: [mail]}]")
        #expect(right.collector.isEmpty, "\(right.collector.all)")
        #expect(right.configuration.templates.map(\.group) == ["h", "g"])
        #expect(right.configuration.templates.map(\.nested) == [false, true])
        // Another group is another template for the planner.
        let other = try read("[{name: staff, group: I, templates: [mail]}]")
        #expect(other.configuration.templates[0].fingerprint != right.configuration.templates[0].fingerprint)
        #expect(other.configuration.templates[1].fingerprint == right.configuration.templates[1].fingerprint)
        for (policies, expected) in [
            ("[]", ["templates[0].group"]),
            ("[{name: staff, group: h, templates: []}]", ["policies[0].templates", "templates[0].group"]),
            ("[{name: staff, group: h, templates: [mail, mail]}]", ["policies[0].templates[1]"]),
            ("[{name: staff, group: h, templates: [mail, login]}]", ["policies[0].templates[1]"]),
            (
                "[{name: staff, group: h, templates: [mail, logon]}]", ["templates[1].group", "templates[1].nested"]
            ),
            (
                "[{name: a, group: h, templates: [mail]}, {name: b, group: h, templates: [mail]}]",
                ["templates[0].name"]
            ),
            ("[{name: staff, templates: [mail]}]", ["policies[0].group"]),
        ] {
            let found = try read(policies).collector.all
            #expect(Set(found.map(\.keyPath)) == Set(expected), "\(policies): \(found)")
        }
    }

    /// Whoever looks further adds to what the first look has found.
    @Test func whatReadsIsThereBesideWhatDoesNot() throws {
        let text = "templates: [{name: t, group: g, backendCA: cb, prodct: p, key: rsa}]\nlimit: {}"
        let reading = ConfigurationReader.examine(try YAMLNode.parse(text, file: "f"))
        #expect(
            Set(reading.collector.all.map(\.keyPath)) == [
                "templates[0].product", "templates[0].prodct", "templates[0].key", "limit",
            ])
        #expect(reading.configuration.templates.map(\.backendCA) == ["cb"])
        reading.noteInconsistencies()
        #expect(reading.collector.sorted.contains { $0.keyPath == "templates[0].backendCA" && $0.line == 1 })
    }

    /// Nothing is refused, but whoever applies or examines it is told.
    @Test func aTemplateThatCertifiesEveryDomainIsWarnedOf() throws {
        let configuration = try ConfigurationReader.read(
            """
            templates:
              - {name: open, group: g, backendCA: c, product: p}
              - {name: listed, group: g, backendCA: c, product: p, addressDomains: [example.org]}
              - {name: "off", group: g, backendCA: c, product: p, enabled: false}
            """, file: "certway.yaml")
        let warnings = configuration.warnings()
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("template open: without addressDomains") == true, "\(warnings)")
    }

    @Test func aLonelyAgentIsWarnedOf() throws {
        func warnings(_ agents: String) throws -> [String] {
            try ConfigurationReader.read("keyRecoveryAgents: [\(agents)]", file: "f").warnings()
        }
        let (one, other) = ("{name: a, certificate: /a}", "{name: b, certificate: /b}")
        #expect(try warnings(one).first?.hasPrefix("key recovery agent a is the only one") == true)
        #expect(try warnings("\(one), \(other)").isEmpty && warnings("").isEmpty)
    }

    /// One that passes for another, or forges the line it stands in, is refused in every list of named things.
    @Test(arguments: [
        ("a\\u202Eb", "expected visible characters, found U+202E"), ("a\\e[31mb", "found U+001B"),
        ("a\\nb", "found U+000A"), ("a\\0b", "found U+0000"), ("a\\u200Bb", "found U+200B"),
        ("a\\u009Bb", "found U+009B"), ("a\\U000E0041", "found U+E0041"), (" a", "no blank at the beginning"),
        ("a ", "no blank"), (String(repeating: "ä", count: 51), "expected at most 100 bytes, found 102"),
    ])
    func namesAreWhatTheyLookLike(_ name: String, _ sentence: String) {
        for (section, members) in [
            ("templates", "group: g, backendCA: c, product: p"), ("backendCAs", "connector: x, acceptedRoots: /r"),
            ("keyRecoveryAgents", "certificate: /a"), ("policies", "group: g, templates: [t]"),
        ] {
            let found = problems("\(section): [{name: \"\(name)\", \(members)}]")
            #expect(found.map(\.keyPath) == ["\(section)[0].name"], "\(found)")
            #expect(found.first?.message.contains(sentence) == true, "\(found)")
        }
        #expect(problems("keyRecoveryAgents: [{name: Zoë Ångström & Söhne, certificate: /a}]") == [])
    }
}
