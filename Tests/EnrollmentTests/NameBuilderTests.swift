// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import JSONDocuments
import PKIX
import Testing

@testable import Enrollment

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
        #expect(none.obstacle == "has no mail address that the CA may certify")
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
        let long = String(repeating: "m", count: 255 - 13) + "@example.test"
        #expect(try build("", ["mail": .string(long)]).names.emails.isEmpty)
        let fitting = String(long.dropFirst())
        #expect(try build("", ["mail": .string(fitting)]).names.emails == [fitting])
    }

    @Test(arguments: [
        ("ada@contoso.onmicrosoft.com", false), ("ada@onmicrosoft.com", false), ("ada@CONTOSO.OnMicrosoft.com", false),
        ("ada@notonmicrosoft.com", true), ("ada@onmicrosoft.com.example.test", true), ("ädä@example.test", false),
        ("ada@exämple.test", false), ("ada", false), ("@example.test", false), ("ada@", false),
        ("a@b@example.test", false), ("*@example.test", false), ("ada lovelace@example.test", false),
        ("o'hara+x@example.test", true),
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
        let long = String(repeating: "a", count: 60) + "@example.test"
        let address = try build(", names: {commonName: 'null'}", ["mail": .string(long)])
        #expect(address.obstacle == nil)
        _ = try CertificateSigningRequest.make(
            subject: address.names.distinguishedName, alternativeNames: address.names.alternativeNames,
            key: .generate(.p256))
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
