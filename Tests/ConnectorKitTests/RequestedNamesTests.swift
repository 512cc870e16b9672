// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import PKIX
import Testing

@Suite struct RequestedNamesTests {
    private static let all = RequestedNames(
        commonName: "Zoë Müller", givenName: "Zoë", surname: "Müller", organization: "Example GmbH",
        organizationalUnit: "R&D", locality: "Köln", state: "NRW", country: "DE", pseudonym: "zm",
        emails: ["zoe@example.test", "z.m@example.test"], hosts: ["www.example.test"],
        userPrincipalName: "zoe@example.test",
        securityIdentifier: "S-1-5-21-1", accountName: #"EXAMPLE\zoe"#)

    @Test func theJSONFormKeepsEverything() throws {
        #expect(RequestedNames(json: Self.all.json) == Self.all)
        #expect(Set(RequestedNames.keys) == Set(try #require(Self.all.json.object).keys))
        #expect(RequestedNames(json: try JSONValue(parsing: Self.all.json.text)) == Self.all)
        #expect(RequestedNames().json == ["emails": []])
        #expect(RequestedNames(json: [:]) == RequestedNames())
    }

    @Test func membersOfAnotherKindAreLeftOut() {
        let names = RequestedNames(json: ["commonName": 5, "surname": nil, "emails": ["a@b", 7], "other": "x"])
        #expect(names == RequestedNames(emails: ["a@b"]))
        #expect(RequestedNames(json: ["emails": "a@b"]).emails == [])
    }

    @Test func theSubjectBeginsWithTheMostGeneralAttribute() {
        #expect(
            Self.all.distinguishedName.attributes.map(\.type) == [
                "C", "ST", "L", "O", "OU", "SN", "GN", "pseudonym", "CN",
            ])
        #expect(RequestedNames(emails: ["a@b.c"]).distinguishedName == [("CN", "a@b.c")])
        #expect(RequestedNames(commonName: "", organization: "").distinguishedName.isEmpty)
    }

    @Test func theRequestCarriesTheNames() throws {
        let request = try CertificateSigningRequest.make(
            subject: Self.all.distinguishedName, alternativeNames: Self.all.alternativeNames, key: .generate(.p256))
        #expect(request.subject == Self.all.distinguishedName)
        #expect(
            Self.all.alternativeNames == [
                .rfc822Name("zoe@example.test"), .rfc822Name("z.m@example.test"),
                .dNSName("www.example.test"), .userPrincipalName("zoe@example.test"),
            ])
    }
}
