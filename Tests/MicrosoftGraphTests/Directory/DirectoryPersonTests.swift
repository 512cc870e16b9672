// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import JSONDocuments
import Testing

/// wire/graph-directory.md sections 5 and 12 (point 5).
@Suite(.timeLimit(.minutes(5))) struct DirectoryPersonTests {
    private func addresses(_ proxies: JSONValue, mail: JSONValue = nil) -> [String] {
        DirectoryPerson(id: "1", attributes: ["proxyAddresses": proxies, "mail": mail]).smtpAddresses
    }

    @Test func onlyMailAddressesThePrimaryFirstEachOnce() {
        #expect(
            addresses(
                [
                    "smtp:z@b.example", "SIP:ada@b.example", "X500:/o=x", "SMTP:Ada@b.example", "smtp:ADA@B.example",
                    "",
                    "SPO:SPO_1@SPO_2", "smtp:", "Smtp:a@b.example", "EUM:12;phone-context=x",
                ], mail: "ada@b.example") == ["Ada@b.example", "a@b.example", "z@b.example"])
    }

    @Test func mailStandsInForThePrimary() {
        #expect(addresses(["smtp:b@x.example"], mail: "a@x.example") == ["a@x.example", "b@x.example"])
        #expect(addresses([], mail: nil).isEmpty)
        #expect(addresses(nil, mail: "müller@x.example") == ["müller@x.example"])
    }

    @Test func readsWhatTemplatesNeed() {
        let person = DirectoryPerson(
            id: "1",
            attributes: [
                "userPrincipalName": "a@x", "accountEnabled": false, "givenName": "Ada", "surname": nil,
                "onPremisesSecurityIdentifier": "S-1-5-21-1", "preferredLanguage": "de-DE",
            ])
        #expect(person.userPrincipalName == "a@x" && !person.isAccountEnabled && person.givenName == "Ada")
        #expect(person.surname == nil && person.onPremisesSecurityIdentifier == "S-1-5-21-1")
        #expect(person.preferredLanguage == "de-DE")
    }
}
