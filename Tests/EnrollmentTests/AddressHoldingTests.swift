// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import JSONDocuments
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// One address, one person (docs/decisions/0013-one-address-one-person.md).
@Suite(.timeLimit(.minutes(5))) struct AddressHoldingTests {
    private static let address = "ada@example.org"

    enum Claim: String, CaseIterable { case none, name, mail, proxy }

    /// An object with the address in one of its attributes.
    private func attributes(_ claim: Claim, _ name: String = "ada.l@example.org") -> JSONValue {
        var attributes: JSONValue = ["userPrincipalName": .string(claim == .name ? Self.address : name)]
        if claim == .mail { attributes["mail"] = .string(Self.address) }
        if claim == .proxy { attributes["proxyAddresses"] = [.string("smtp:\(Self.address)")] }
        return attributes
    }

    private func source(_ claim: Claim) -> AddressSource {
        switch claim {
        case .none: []
        case .name: .userPrincipalName
        case .mail: .mail
        case .proxy: .proxyAddress
        }
    }

    private func holding(_ own: Claim, _ others: [Claim]) -> AddressHolding {
        AddressHolding(
            person: DirectoryPerson(id: "1", attributes: attributes(own)),
            rivals: others.enumerated().map { number, claim in
                AddressClaim(
                    address: Self.address, source: source(claim),
                    claimant: Claimant(id: "\(number)", kind: .user, name: "other \(number)"))
            })
    }

    /// Who has the address, by the best claim on each side.
    @Test(arguments: Claim.allCases, Claim.allCases)
    func theBetterClaimWinsAndEvenOnesLose(_ own: Claim, _ other: Claim) {
        let objection = holding(own, other == .none ? [] : [other]).objection(to: Self.address)
        let isHeld =
            switch (own, other) {
            case (.none, _): false
            case (_, .none): true
            case (.proxy, .name), (.proxy, .mail): true
            default: false
            }
        #expect((objection == nil) == isHeld, "\(objection ?? "")")
        if !isHeld, own != .none { #expect(objection?.contains("user other 0") == true, "\(objection ?? "")") }
    }

    @Test func theStrongestRivalIsNamed() {
        let objection = holding(.mail, [.name, .proxy]).objection(to: Self.address)
        #expect(objection == "is the proxy address of user other 1, and mail alone proves nothing")
    }

    @Test func lettersCountInAnyCaseButOnlyThoseOfASCII() {
        let person = DirectoryPerson(
            id: "1", attributes: ["mail": "KAREN@Example.ORG", "proxyAddresses": ["SMTP:\u{212A}aren@example.com"]])
        let sources = person.addressSources
        #expect(sources["karen@example.org"] == .mail)
        #expect(sources[AddressSource.foldedCase("\u{212A}aren@example.org")] == nil)
        #expect(sources["karen@example.com"] == nil)
    }

    @Test func whatIsClaimedNowhereIsNobodys() {
        let objection = holding(.proxy, []).objection(to: "made.up@example.org")
        #expect(objection == "is no address of this person in the directory")
    }
}
