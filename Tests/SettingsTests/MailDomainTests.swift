// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing
import YAMLDocuments

/// What no address can ever end with is refused where it is written, and not found by the people who get nothing.
@Suite struct MailDomainTests {
    private func problems(_ list: String) -> [String] {
        let text = "templates:\n  - {name: t, group: g, backendCA: c, product: p, \(list)}"
        do {
            _ = try ConfigurationReader.read(text, file: "certway.yaml")
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    @Test(arguments: [
        ("@example.org", "(did you mean example.org?)"), ("*.example.org", "(list each subdomain by itself)"),
        ("http://example.org", "(did you mean example.org?)"), ("example.org ", "(did you mean example.org?)"),
        ("ada@example.org", "(did you mean example.org?)"), ("example.org/mail", "(did you mean example.org?)"),
        ("", ""), (".example.org", ""), ("example..org", ""), ("example.org.", ""), ("-a.org", ""), ("a_b.org", ""),
        ("müller.example", "xn--"), (String(repeating: "a", count: 64) + ".org", ""),
    ])
    func whatIsNoDomainIsRefusedAtItsPlace(_ domain: String, _ hint: String) {
        let found = problems("addressDomains: [example.net, \"\(domain)\"]")
        let start = "certway.yaml:2:"
        #expect(found.count == 1 && found[0].hasPrefix(start), "\(found)")
        #expect(
            found.first?.contains(
                "templates[0].addressDomains[1]: expected a mail domain such as example.org, found \"\(domain)\"")
                == true && (hint.isEmpty || found.first?.contains(hint) == true), "\(found)")
    }

    @Test(arguments: ["example.org", "Example.ORG", "xn--mller-kva.example", "a.b.c.example", "intern", "1.example"])
    func domainsAreTaken(_ domain: String) { #expect(problems("addressDomains: [\"\(domain)\"]") == []) }

    @Test func anAgentStandsOnce() {
        let found = problems("keyRecoveryAgents: [office, office]")
        #expect(found.count == 1 && found[0].contains("keyRecoveryAgents[1]: \"office\" stands twice"), "\(found)")
    }

    @Test func aFixedTextWithoutItsQuotesIsHinted() {
        let found = problems("names: {organization: 'Example GmbH'}")
        #expect(found.first?.hasSuffix("(a fixed text has quotes of its own: '\"Example GmbH\"')") == true, "\(found)")
        #expect(problems("names: {organization: '[.mail'}").allSatisfy { !$0.contains("quotes of its own") })
    }
}
