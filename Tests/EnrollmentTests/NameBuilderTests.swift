// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import JSONDocuments
import PKIX
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

@Suite(.timeLimit(.minutes(5))) struct NameBuilderTests {
    private static let jurgen: JSONValue = [
        "userPrincipalName": "juergen@contoso.onmicrosoft.com", "mail": "juergen@example.test",
        "displayName": "Jürgen Groß", "givenName": "Jürgen", "surname": "Groß", "department": nil,
        "proxyAddresses": [
            "smtp:j.gross@example.org", "SMTP:Juergen@Example.test", "SIP:juergen@example.test",
            "smtp:juergen@contoso.onmicrosoft.com", "smtp:JUERGEN@example.TEST", "X500:/o=x",
        ],
    ]

    private func build(
        _ members: String = "", _ attributes: JSONValue = jurgen, product: ProductFacts? = nil,
        rivals: [AddressClaim] = []
    ) throws -> NameBuilder.Result {
        NameBuilder(template: try TestGateway.template(members), product: product)
            .build(for: DirectoryPerson(id: "1", attributes: attributes), rivals: rivals)
    }

    private func product(required: String) throws -> ProductFacts? {
        try ConnectorProfile.read(
            """
            connector: c
            title: C
            module: scripted
            products: [{id: p, title: P, names: {required: [\(required)]}}]
            """, file: "c.yaml"
        ).product("p")
    }

    @Test func theUsualNamesComeFromTheUsualAttributes() throws {
        let result = try build()
        #expect(result.obstacle == nil)
        #expect(
            result.names
                == RequestedNames(
                    commonName: "Jürgen Groß", givenName: "Jürgen", surname: "Groß",
                    emails: ["Juergen@Example.test", "j.gross@example.org"]))
        #expect(result.remarks == ["juergen@contoso.onmicrosoft.com: left out, no CA can validate onmicrosoft.com"])
    }

    /// A slip in an attribute's name would leave a name out for everybody, and nobody would see it.
    @Test func aProgramThatGivesNullIsAnObstacle() throws {
        let unknown = "the program gives null; is the attribute's name right? Write //"
        for (program, cause) in [
            (".displayNam", unknown), ("(.mail | null)", unknown),
            (
                ".onPremisesSecurityIdentifier",
                "the directory has no onPremisesSecurityIdentifier of this person; write //"
            ),
        ] {
            let obstacle = try build(", names: {commonName: '\(program)'}").obstacle
            #expect(obstacle?.hasPrefix("names.commonName: \(cause)") == true, "\(obstacle ?? "")")
            let absent = try build(", names: {commonName: '\(program) // \"\"'}")
            #expect(absent.obstacle == nil && absent.names.commonName == nil)
        }
        #expect(try build("", ["mail": "a@example.test"]).obstacle == nil, "the usual ones may be absent")
    }

    /// What Windows and Entra ID look for, where the directory has it.
    @Test func aLogonTemplateNamesTheAccount() throws {
        var person = Self.jurgen
        person["onPremisesSecurityIdentifier"] = "S-1-5-21-1004336348-1177238915-682003330-512"
        let names = try build(", purpose: clientAuthentication", person).names
        #expect(names.userPrincipalName == person["userPrincipalName"]?.string && names.userPrincipalName != nil)
        #expect(names.securityIdentifier == "S-1-5-21-1004336348-1177238915-682003330-512")
        #expect(try build(", purpose: clientAuthentication").names.securityIdentifier == nil)
        #expect(try build("", person).names.securityIdentifier == nil)
        let own = try build(", purpose: clientAuthentication, names: {securityIdentifier: 'null'}", person)
        #expect(own.names.securityIdentifier == nil && own.obstacle == nil)
    }

    /// A template may make them from anything, and whoever trusts the CA signs in whom the certificate names.
    @Test func namesForLogonAreThePersonsOwn() throws {
        var person = Self.jurgen
        let own = "S-1-5-21-1004336348-1177238915-682003330-1101"
        person["onPremisesSecurityIdentifier"] = .string(own)
        person["onPremisesUserPrincipalName"] = "juergen@corp.example"
        person["onPremisesSamAccountName"] = "jgross"
        person["onPremisesDomainName"] = "corp.example"
        func obstacle(_ names: String) throws -> String? {
            try build(", purpose: clientAuthentication, names: {\(names)}", person).obstacle
        }
        for other in ["S-1-5-21-1004336348-1177238915-682003330-500", "S-1-5-21-1-2-3-4"] {
            #expect(
                try obstacle("securityIdentifier: '\"\(other)\"'")
                    == "securityIdentifier: \(other) is not what the directory has for this person")
        }
        for other in ["Administrator@corp.example", "juergen@example.test", "jgross@example.test"] {
            #expect(
                try obstacle("userPrincipalName: '\"\(other)\"'")?.contains("to sign in with") == true, "\(other)")
        }
        for name in ["Juergen@contoso.onmicrosoft.com", "juergen@corp.example", "JGROSS@corp.example"] {
            #expect(try obstacle("userPrincipalName: '\"\(name)\"'") == nil, "\(name)")
        }
        #expect(try obstacle("securityIdentifier: '\"\(own)\"'") == nil)
        // For whom an enrollment agent asks; in jq, a backslash stands for two.
        for (account, isOwn) in [
            ("CORP\\\\JGross", true), ("corp.example\\\\jgross", true), ("jgross@corp.example", true),
            ("CORP\\\\Administrator", false), ("other.example\\\\jgross", false), ("jgross", false),
            ("\\\\jgross", false),
        ] {
            let found = try obstacle("accountName: '\"\(account)\"'")
            #expect(isOwn ? found == nil : found?.contains("is not the account") == true, "\(account): \(found ?? "")")
        }
    }

    @Test func thePrimaryAddressIsTheFirstAndTheSubjectOfLast() throws {
        let result = try build(", names: {commonName: 'null', givenName: 'null', surname: 'null'}")
        #expect(result.names == RequestedNames(emails: ["Juergen@Example.test", "j.gross@example.org"]))
        #expect(result.names.distinguishedName == [("CN", "Juergen@Example.test")])
    }

    @Test func onlyListedDomainsAreCertified() throws {
        let result = try build(", addressDomains: [Example.ORG]")
        #expect(result.names.emails == ["j.gross@example.org"])
        #expect(result.remarks.contains("Juergen@Example.test: left out, example.test is not in addressDomains"))
        let none = try build(", addressDomains: [example.net]")
        #expect(none.obstacle == "has no mail address in a domain of addressDomains")
    }

    /// A domain is whole labels: another one may end in the same letters.
    @Test(arguments: [
        ("eve@evilexample.org", false), ("eve@evil-example.org", false), ("eve@sub.example.org", false),
        ("eve@example.org.evil.example", false), ("eve@org", false), ("eve@example.org.", false),
        ("eve@example.org", true), ("eve@EXAMPLE.Org", true),
    ])
    func aDomainMatchesAsAWhole(_ address: String, _ isCertified: Bool) throws {
        let result = try build(", addressDomains: [Example.org]", ["mail": .string(address)])
        #expect(result.names.emails == (isCertified ? [address] : []))
    }

    @Test func anAddressThatIsSomebodyElsesTooIsLeftOut() throws {
        let rival = AddressClaim(
            address: "j.gross@example.org", source: .proxyAddress,
            claimant: Claimant(id: "2", kind: .group, name: "Sales\u{1B}[31m"))
        let result = try build(rivals: [rival])
        #expect(result.names.emails == ["Juergen@Example.test"])
        #expect(
            result.remarks.contains(
                "j.gross@example.org: left out, it is the proxy address of group Sales[31m, too; take it from one of them"
            ))
        #expect(result.obstacle == nil)
        let only = try build(", addressDomains: [example.org]", rivals: [rival])
        #expect(only.obstacle?.hasPrefix("j.gross@example.org is the proxy address of group Sales") == true)
        #expect(only.names.emails.isEmpty)
    }

    /// A program that makes addresses up certifies nobody.
    @Test func anAddressThatTheDirectoryDoesNotKnowIsLeftOut() throws {
        let result = try build(", names: {emails: '[\"boss@example.org\", .mail]'}")
        #expect(result.names.emails == ["juergen@example.test"])
        #expect(
            result.remarks == ["boss@example.org: left out, it is no address of this person in the directory"])
    }

    @Test func anAddressLongerThanMailAllowsIsLeftOut() throws {
        let domain = "@" + Array(repeating: String(repeating: "d", count: 47), count: 4).joined(separator: ".")
        let long = String(repeating: "m", count: 63) + domain
        #expect(long.utf8.count == 255)
        #expect(try build("", ["mail": .string(long)]).names.emails.isEmpty)
        let fitting = String(long.dropFirst())
        #expect(try build("", ["mail": .string(fitting)]).names.emails == [fitting])
        for (count, stays) in [(64, true), (65, false)] {
            let address = String(repeating: "m", count: count) + "@example.test"
            #expect(try build("", ["mail": .string(address)]).names.emails == (stays ? [address] : []))
        }
    }

    @Test(arguments: [
        ("ada@contoso.onmicrosoft.com", false), ("ada@onmicrosoft.com", false), ("ada@CONTOSO.OnMicrosoft.com", false),
        ("ada@notonmicrosoft.com", true), ("ada@onmicrosoft.com.example.test", true), ("ädä@example.test", false),
        ("ada@exämple.test", false), ("ada", false), ("@example.test", false), ("ada@", false),
        ("a@b@example.test", false), ("*@example.test", false), ("ada lovelace@example.test", false),
        ("o'hara+x@example.test", true), ("a\u{1B}[31mb@example.test", false), ("a\u{0}@example.test", false),
        ("a\u{7F}@example.test", false), (".a@example.test", false), ("a.@example.test", false),
        ("a..b@example.test", false), ("a@exa_mple.test", false), ("a@-example.test", false),
        ("a@example..test", false),
        ("a@\(String(repeating: "d", count: 64)).test", false), ("a@\(String(repeating: "d", count: 63)).test", true),
    ])
    func onlyAddressesThatCanBeCertifiedStay(_ address: String, _ stays: Bool) throws {
        let result = try build(
            ", names: {emails: .list}",
            ["list": [.string(address)], "proxyAddresses": [.string("SMTP:\(address)")]])
        #expect(result.names.emails == (stays ? [address] : []))
        #expect(result.remarks.count == (stays ? 0 : 1))
        #expect((result.obstacle == nil) == stays)
    }

    @Test func oneAddressMayBeText() throws {
        let result = try build(", names: {emails: .mail}")
        #expect(result.names.emails == ["juergen@example.test"])
    }

    @Test func aPersonWithoutMailboxGetsNoMailCertificate() throws {
        let attributes: JSONValue = ["userPrincipalName": "x@example.test", "displayName": "X"]
        #expect(try build("", attributes).obstacle == "has no mail address")
        let logon = try build(
            ", purpose: clientAuthentication, names: {userPrincipalName: .userPrincipalName}", attributes)
        #expect(logon.obstacle == nil)
        #expect(logon.names.userPrincipalName == "x@example.test")
    }

    @Test func namesAreWrittenInASCIIWhereTheTemplateWantsIt() throws {
        let result = try build(", transliterate: true")
        #expect(result.names.commonName == "Juergen Gross")
        #expect(result.names.givenName == "Juergen")
        #expect(result.names.surname == "Gross")
        #expect(result.remarks.contains("Jürgen Groß: written as Juergen Gross"))
    }

    @Test func whatTheProductNeedsMustBeThere() throws {
        let product = try product(required: "emails, givenName, organization")
        #expect(try build("", product: product).obstacle == "has no organization, which product p needs")
        #expect(try build(", names: {organization: '\"Example\"'}", product: product).obstacle == nil)
        #expect(
            try build(", names: {organization: '\"  \"'}", product: product).obstacle
                == "has no organization, which product p needs")
        let logon = ", purpose: clientAuthentication"
        let person: JSONValue = ["displayName": "X", "givenName": "X"]
        #expect(
            try build(logon, person, product: self.product(required: "emails")).obstacle
                == "has no emails, which product p needs")
    }

    @Test(arguments: [
        ("{commonName: '.displayName | tonumber'}", "names.commonName: "),
        ("{commonName: error}", "names.commonName: "),
        ("{commonName: empty}", "names.commonName: the expression gave no"),
        ("{commonName: '5'}", "names.commonName: expected text, found "),
        ("{emails: '{}'}", "names.emails: expected a list of addresses, found "),
        ("{emails: '[1]'}", "names.emails: expected a list of addresses, found "),
    ])
    func aProgramThatFailsIsAnObstacleAndNotAnError(_ names: String, _ beginning: String) throws {
        let obstacle = try #require(try build(", names: \(names)").obstacle)
        #expect(obstacle.hasPrefix(beginning), "\(obstacle)")
        #expect(!obstacle.contains("Jürgen"), "personal data does not belong into a reason")
    }

    /// What does not fit into an attribute would fail later, when the request is made, again and again.
    @Test func namesThatFitNoRequestAreAnObstacle() throws {
        func attributes(_ length: Int) -> JSONValue {
            ["mail": "a@example.test", "displayName": .string(String(repeating: "ü", count: length))]
        }
        let fitting = try build("", attributes(64))
        #expect(fitting.obstacle == nil)
        _ = try CertificateSigningRequest.make(
            subject: fitting.names.distinguishedName, alternativeNames: fitting.names.alternativeNames,
            key: .generate(.p256))
        #expect(try build("", attributes(65)).obstacle?.hasPrefix("commonName is longer than 64 characters") == true)
        #expect(
            try build(", names: {country: '\"DEU\"'}").obstacle == "country \"DEU\" is no ISO 3166 code of two letters")
        #expect(try build(", names: {country: '\"é\"'}").obstacle?.hasPrefix("country ") == true)
        let long = String(repeating: "a", count: 60) + "@example.test"
        let address = try build(", names: {commonName: 'null'}", ["mail": .string(long)])
        #expect(address.obstacle == nil)
        _ = try CertificateSigningRequest.make(
            subject: address.names.distinguishedName, alternativeNames: address.names.alternativeNames,
            key: .generate(.p256))
    }

    /// Whatever name a template makes: text that steers a terminal or shows as another name gets no certificate, and the reason
    /// shows none of it.
    @Test(arguments: [
        ("A\u{0}B", "U+0000"), ("Line1\nLine2", "U+000A"), ("\u{1B}[2J\u{1B}[31mRed", "U+001B"),
        ("A\u{9B}31mB", "U+009B"),
        ("\u{202E}gnp.exe", "U+202E"), ("Ad\u{200B}min", "U+200B"), ("Admin\u{200D}", "U+200D"),
        ("A\u{2066}B", "U+2066"), ("A\u{2028}B", "U+2028"), ("A\u{E0041}", "U+E0041"), ("A\u{FFFE}", "U+FFFE"),
        ("So\u{AD}ft", "U+00AD"),
    ])
    func whatNobodySeesIsNoName(_ text: String, _ scalar: String) throws {
        for key in RequestedNames.keys where !["emails", "hosts"].contains(key) {
            let result = try build(
                ", names: {\(key): .hostile}", ["mail": "a@example.test", "hostile": .string(text)])
            let obstacle = try #require(result.obstacle, "\(key)")
            #expect(obstacle.hasPrefix("\(key) holds \(scalar),"), "\(obstacle)")
        }
    }

    /// Letters of every script, joiners where they join, quotes and what a distinguished name gives a meaning.
    @Test(arguments: [
        "Zoë Ångström", "李小龍", "محمد علی", "می‌خواهم", "क्‍ष", "Łukasz O’Brien-Ó Sé", "A,B+C=D;E<F>#G,CN=admin",
        "A \"B\" 'C' \\ D", "👩‍🔬 Ada", "🇦🇹", "e\u{301}",
    ])
    func namesOfEveryScriptStay(_ name: String) throws {
        let result = try build("", ["mail": "a@example.test", "displayName": .string(name)])
        #expect(result.obstacle == nil)
        #expect(result.names.commonName == name)
    }

    @Test func everyNameHasItsBound() throws {
        for key in RequestedNames.keys where !["emails", "hosts"].contains(key) {
            for length in [2000, 100_000] {
                let result = try build(
                    ", names: {\(key): .long}",
                    ["mail": "a@example.test", "long": .string(String(repeating: "N", count: length))])
                let obstacle = try #require(result.obstacle, "\(key)")
                #expect(obstacle.contains(key) && obstacle.utf8.count < 200, "\(obstacle)")
            }
        }
        func identifier(_ text: String) throws -> String? {
            try build(
                ", names: {securityIdentifier: .onPremisesSecurityIdentifier}",
                ["mail": "a@example.test", "onPremisesSecurityIdentifier": .string(text)]
            ).obstacle
        }
        #expect(try identifier("S-1-5-21-1004336348-1177238915-682003330-512") == nil)
        for text in ["S-1-5-21-x", "s-1-5-21-1", "S-1", "S-2-5-21", "S-1-5--1", "S-1-5-21-1,upn=ceo"] {
            #expect(try identifier(text) == "securityIdentifier is none: expected S-1-5-21-…", "\(text)")
        }
    }

    /// Thousands of aliases are no certificate, and neither thousands of remarks; the template can choose among them.
    @Test func addressesHaveABound() throws {
        func person(_ count: Int) -> JSONValue {
            ["proxyAddresses": JSONValue((0..<count).map { "smtp:m\($0)@example.test" })]
        }
        #expect(try build("", person(100)).names.emails.count == 100)
        #expect(try build("", person(100)).obstacle == nil)
        let many = try build("", person(3001))
        #expect(many.obstacle?.hasPrefix("has 3001 mail addresses, and 100 go into one certificate; choose") == true)
        #expect(try build(", names: {emails: '.smtpAddresses[:1]'}", person(3001)).obstacle == nil)
        let foreign = try build(", addressDomains: [example.net]", person(3001))
        #expect(foreign.remarks.count == 31 && foreign.remarks.last == "and 2971 more addresses or names like these")
    }

    @Test(arguments: [
        ("Müller", "Mueller"), ("Mu\u{308}ller", "Mueller"), ("GROẞ", "GROSS"), ("Ärzte", "Aerzte"), ("Øre", "Oere"),
        ("Łukasz", "Lukasz"), ("Đorđe", "Dorde"), ("Çağrı", "Cagri"), ("Żółć", "Zolc"), ("Ñandú", "Nandu"),
        ("Þór", "Thor"), ("Ångström", "Aangstroem"), ("Ада", "Ada"), ("O’Brien", "O'Brien"), ("李", "li"),
        ("Ada 🗝", "Ada "), ("plain", "plain"), ("", ""),
    ])
    func namesHaveASpellingInASCII(_ name: String, _ ascii: String) {
        let written = Transliteration.ascii(name)
        #expect(written.lowercased() == ascii.lowercased())
        #expect(written.utf8.allSatisfy { $0 < 0x80 })
    }
}
