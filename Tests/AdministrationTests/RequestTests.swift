// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Ledger
import PKIX
import Records
import Settings
import Store
import TestSupport
import Testing

/// Requests for servers' certificates, from what people hand in to what they are told.
@Suite(.timeLimit(.minutes(5))) struct RequestTests {
    private static func csr(
        _ hosts: [String], _ key: KeyType = .p256, names: [GeneralName] = []
    ) throws -> CertificateSigningRequest {
        try CertificateSigningRequest.make(
            subject: hosts.first.map { [("CN", $0)] } ?? [],
            alternativeNames: hosts.map(GeneralName.dNSName) + names, key: .generate(key))
    }

    private static func office(approval: Bool = true, _ more: String = "price: 1 EUR") async throws -> Office {
        let office = try await Office()
        try await office.apply(
            office.yaml(
                more: """
                      - {name: web, for: requests, backendCA: one, product: p, validityDays: 90,
                         requests: {hosts: [www.other.example], domains: [example.org], keys: [p256, rsa3072], approval: \(approval)}, \(more)}
                    """))
        return office
    }

    private static let ada = Caller(name: "ada@example.org", roles: [.requester], objectID: "a", origin: "by group")
    private static let bob = Caller(name: "bob@example.org", roles: [.requester], objectID: "b", origin: "by group")
    private static let eve = Caller(name: "eve@example.org", roles: [.administrator], origin: "by group")

    /// `www.example.org` by the standard's attribute, `evil.com` by Microsoft's.
    private static let twoLists =
        "MIIBKDCB0AIBADAaMRgwFgYDVQQDDA93d3cuZXhhbXBsZS5vcmcwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARXRFfSFfJgDRAS4WOmLlfF"
        + "xkhElCh1+fvM785FTkgqpNL1yP59Rtp1sAxWRlpsY+vBHYyo2/wMV80uZuv7TyI1oFQwJQYKKwYBBAGCNwIBDjEXMBUwEwYDVR0RBAwwCoII"
        + "ZXZpbC5jb20wKwYJKoZIhvcNAQkOMR4wHDAaBgNVHREEEzARgg93d3cuZXhhbXBsZS5vcmcwCgYIKoZIzj0EAwIDRwAwRAIgD92VwCjEqlY4"
        + "iTJMAYjB/5kGWfHzg46njjwSOo6y/4cCIFtRdlTTK1D2Bm4PpoC4S2/XshevJZqLer4ojfmWcq2w"

    /// As tools of many makers write them.
    @Test func aRequestIsReadInEveryForm() throws {
        let csr = try Self.csr(["www.example.org"])
        let pem = csr.pem
        let base64 = Data(csr.der).base64EncodedString()
        var forms: [[UInt8]] = [
            csr.der, Array(pem.utf8), Array(pem.replacing("CERTIFICATE REQUEST", with: "NEW CERTIFICATE REQUEST").utf8),
            Array("Certificate Request:\n    Data:\n\(pem)\n".utf8), [0xEF, 0xBB, 0xBF] + Array(pem.utf8),
            Array(pem.replacing("\n", with: "\r\n").utf8), Array(base64.utf8),
            Array(base64.replacing("=", with: "").utf8),
            Array("  \(base64.prefix(40))\n \(base64.dropFirst(40))\n".utf8),
        ]
        forms.append([0xFF, 0xFE] + pem.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
        for (number, form) in forms.enumerated() {
            #expect(try ReceivedRequest.read(form) == csr, "form \(number)")
        }
    }

    @Test func whatIsNoRequestIsRefusedWithASentence() throws {
        let key = try PrivateKey.generate(.p256)
        let certificate = try CertificateBuilder(
            profile: .tlsServer, subject: [("CN", "x")], publicKey: key.publicKey, notBefore: Date(),
            notAfter: Date() + 86_400
        ).selfSigned(key: key)
        let csr = try Self.csr(["www.example.org"])
        let keyText =
            "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----\n"
        let cases: [(bytes: [UInt8], words: String)] = [
            ([], "it is empty"), (Array(keyText.utf8), "this is a private key"),
            (Array((csr.pem + keyText).utf8), "this is a private key"),
            (Array("-----BEGIN RSA PRIVATE KEY-----".utf8), "this is a private key"),
            (Array(certificate.pem.utf8), "found CERTIFICATE"), (certificate.der, "found a certificate"),
            (Array((csr.pem + csr.pem).utf8), "found 2 requests"), (Array("hello, please".utf8), "no request"),
            (Array(csr.pem.prefix(200).utf8), "broken"), (Array(repeating: 0x30, count: 70_000), "70000 bytes"),
            ([0x30, 0x03, 0x02, 0x01, 0x01], "bytes that are no request"), ([0xFF, 0xFE, 0x00], "no request"),
        ]
        for (bytes, words) in cases {
            let error = #expect(throws: SettingsError.self, "\(words)") { try ReceivedRequest.read(bytes) }
            #expect(error.map { "\($0)".contains(words) } == true, "\(words): \(error.map { "\($0)" } ?? "")")
        }
    }

    @Test func theRulesOfTheTemplateAreSaidAtOnce() async throws {
        let office = try await Self.office()
        let requests = RequestAdministration(try await office.gateway(), caller: Self.ada)
        func findings(_ csr: CertificateSigningRequest) async throws -> [String] {
            try await requests.check(csr.der, template: nil).findings.filter { !$0.isGood }.map(\.sentence)
        }
        #expect(try await findings(Self.csr(["www.example.org", "example.org", "www.other.example"])).isEmpty)
        #expect(try await findings(Self.csr(["WWW.Example.ORG"])).isEmpty)
        let bad: [(CertificateSigningRequest, [String])] = [
            (try Self.csr(["www.example.org", "other.org"]), ["other.org is not allowed"]),
            (try Self.csr(["badexample.org"]), ["not allowed"]),
            (try Self.csr(["sub.www.other.example"]), ["not allowed"]),
            (try Self.csr(["*.example.org"]), ["for every host"]), (try Self.csr(["localhost"]), ["no host name"]),
            (try Self.csr(["www.example.org"], .rsa2048), ["found a key of rsa2048, expected p256, rsa3072"]),
            (try Self.csr(["www.example.org"], names: [.rfc822Name("ada@example.org")]), ["address ada@example.org"]),
            (try Self.csr(["www.example.org"], names: [.iPAddress([10, 0, 0, 1])]), ["IP address"]),
            (try Self.csr([]), ["names no host"]),
            (
                try CertificateSigningRequest(der: Array(#require(Data(base64Encoded: Self.twoLists)))),
                ["2 lists of extensions"]
            ),
        ]
        for (csr, words) in bad {
            let found = try await findings(csr)
            #expect(found.count == words.count, "\(found)")
            for (sentence, word) in zip(found, words) { #expect(sentence.contains(word), "\(sentence)") }
        }
        // Nothing was kept by looking.
        #expect(try await office.ledger.requests(RequestFilter()).items.isEmpty)
    }

    /// What is on record counts in a dry run as it does in earnest, and nothing follows from one.
    @Test func aDryRunSaysWhatWouldCome() async throws {
        let office = try await Self.office()
        let gateway = try await office.gateway()
        let (ada, eve) = (
            RequestAdministration(gateway, caller: Self.ada), RequestAdministration(gateway, caller: Self.eve)
        )
        let csr = try Self.csr(["www.example.org"])
        #expect(try await ada.check(csr.der, template: nil).isGood)
        let made = try await ada.submit(csr.der, template: nil, because: "").request
        let again = try await ada.check(csr.der, template: nil)
        #expect(
            !again.isGood && again.objections.contains("is here already, as \(made.reference)"), "\(again.objections)")
        for body in [
            { try await eve.approve(made.reference, because: "yes", isDryRun: true) },
            { try await eve.deny(made.reference, because: "no", isDryRun: true) },
            { try await ada.withdraw(made.reference, isDryRun: true) },
        ] { #expect(try await body().request == made) }
        #expect(try await office.ledger.orders().isEmpty)
        _ = try await ada.withdraw(made.reference)
        for body in [
            { try await eve.approve(made.reference, because: "yes", isDryRun: true) },
            { try await eve.deny(made.reference, because: "no", isDryRun: true) },
            { try await ada.withdraw(made.reference, isDryRun: true) },
        ] { await #expect(throws: LedgerError.self) { try await body() } }
        let (second, third) = (
            try await ada.submit(csr.der, template: nil, because: "").request, try Self.csr(["a.example.org"])
        )
        #expect(try await eve.approve(second.reference, because: "yes", isDryRun: true).request == second)
        _ = try await ada.submit(third.der, template: nil, because: "")
        #expect(try await office.ledger.requests(RequestFilter()).items.count == 3)
    }

    @Test func aRequestWaitsIsAgreedToAndIsOnlyItsOwners() async throws {
        let office = try await Self.office()
        let gateway = try await office.gateway()
        let (ada, bob) = (
            RequestAdministration(gateway, caller: Self.ada), RequestAdministration(gateway, caller: Self.bob)
        )
        let eve = RequestAdministration(gateway, caller: Self.eve)
        let made = try await ada.submit(
            Array(Self.csr(["www.example.org"]).pem.utf8), template: "web", because: "new shop")
        #expect(made.state == "waiting" && made.request.requester == "ada@example.org")
        #expect(try await office.ledger.orders().isEmpty)
        await #expect(throws: SettingsError.self) {
            try await ada.submit(Self.csr(["other.org"]).der, template: "web", because: "")
        }
        await #expect(throws: LedgerError.self) { try await bob.show(made.request.reference) }
        #expect(try await bob.list().items.isEmpty)
        #expect(try await ada.list().items.map(\.request.id) == [made.request.id])
        await #expect(throws: AccessDenied.self) { try await ada.approve(made.request.reference, because: "mine") }
        await #expect(throws: AccessDenied.self) { try await bob.deny(made.request.reference, because: "no") }
        await #expect(throws: LedgerError.self) { try await ada.fetch(made.request.reference, withChain: true) }
        #expect(try await eve.list(states: [.waiting]).items.count == 1)
        let approved = try await eve.approve(made.request.reference, because: "as discussed")
        #expect(approved.state == "underWay" && approved.order?.template == "web")
        #expect(approved.order?.hasForeignKey == true && approved.order?.reference.hasPrefix("cw-") == true)
        await #expect(throws: LedgerError.self) { try await eve.approve(made.request.reference, because: "again") }
        #expect(try await office.ledger.orders().count == 1)
        let second = try await ada.submit(Self.csr(["shop.example.org"]).der, template: nil, because: "")
        #expect(try await ada.withdraw(second.request.reference).state == "withdrawn")
        await #expect(throws: LedgerError.self) { try await eve.approve(second.request.reference, because: "late") }
    }

    @Test func withoutApprovalItIsOrderedAtOnce() async throws {
        let office = try await Self.office(approval: false)
        let requests = RequestAdministration(try await office.gateway(), caller: Self.ada)
        let made = try await requests.submit(Self.csr(["www.example.org"]).der, template: nil, because: "")
        #expect(made.state == "underWay" && made.order?.names["hosts"] == ["www.example.org"])
        // The same host once more is another request, with another key.
        let again = try await requests.submit(Self.csr(["www.example.org"]).der, template: nil, because: "renewal")
        #expect(again.order?.id != made.order?.id)
    }

    /// What orders by itself has its limits, as a plan has them; beyond, an administrator agrees.
    @Test(arguments: ["limits: {ordersPerRun: 2}", "limits: {budgetPerMonth: 25 EUR}, price: 10 EUR"])
    func beyondTheLimitsSomebodyAgrees(_ limits: String) async throws {
        let office = try await Self.office(approval: false, limits)
        let gateway = try await office.gateway()
        let requests = RequestAdministration(gateway, caller: Self.ada)
        var made: [RequestStanding] = []
        for number in 1...3 {
            made.append(
                try await requests.submit(Self.csr(["w\(number).example.org"]).der, template: nil, because: ""))
        }
        #expect(made.map(\.state) == ["underWay", "underWay", "waiting"])
        #expect(made[2].sentence.contains("limits."), "\(made[2].sentence)")
        #expect(try await office.ledger.orders().count == 2)
        let approved = try await RequestAdministration(gateway, caller: Self.eve).approve(
            made[2].request.reference, because: "yes")
        #expect(approved.state == "underWay" && approved.request.cause == "yes")
    }

    /// A click too many, or a script that repeats: by the same key nothing is bought a second time.
    @Test(arguments: [true, false]) func theSameRequestIsTakenOnceADay(_ approval: Bool) async throws {
        let office = try await Self.office(approval: approval)
        let requests = RequestAdministration(try await office.gateway(), caller: Self.ada)
        let csr = try Self.csr(["www.example.org"])
        let first = try await requests.submit(csr.der, template: "web", because: "")
        for form in [csr.der, Array(csr.pem.utf8)] {
            let error = await #expect(throws: LedgerError.self) {
                try await requests.submit(form, template: "web", because: "again")
            }
            #expect("\(error.map { "\($0)" } ?? "")".contains(first.request.reference))
        }
        #expect(try await office.ledger.requests(RequestFilter()).items.count == 1)
        #expect(try await office.ledger.orders().count == (approval ? 0 : 1))
        let refused = try await office.ledger.audit.records(AuditFilter()).items.filter {
            $0.action == "submit.request" && $0.outcome == "refused"
        }
        #expect(refused.count == 2)
        // One with another key is another wish.
        _ = try await requests.submit(Self.csr(["www.example.org"]).der, template: "web", because: "")
        // Whoever hands it in: one key has one certificate.
        let bobs = RequestAdministration(try await office.gateway(), caller: Self.bob)
        let error = await #expect(throws: LedgerError.self) {
            try await bobs.submit(csr.der, template: "web", because: "mine")
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("as \(first.request.reference): it is"))
    }

    @Test func whoMayNotRequestLearnsNothing() async throws {
        let office = try await Self.office()
        let helpless = Caller(name: "cid", roles: [.employee], origin: "by group")
        let requests = RequestAdministration(try await office.gateway(), caller: helpless)
        await #expect(throws: AccessDenied.self) { try await requests.list() }
        await #expect(throws: AccessDenied.self) {
            try await requests.submit(Self.csr(["www.example.org"]).der, template: nil, because: "")
        }
        #expect(try await office.ledger.requests(RequestFilter()).items.isEmpty)
    }

    @Test(arguments: [
        ("{name: w, for: requests, backendCA: one, product: p}", "requests is missing"),
        (
            "{name: w, for: requests, backendCA: one, product: p, requests: {approval: true}}",
            "neither hosts nor domains"
        ),
        ("{name: w, for: requests, backendCA: one, product: p, group: g, requests: {domains: [a.b]}}", "is for people"),
        ("{name: w, for: requests, purpose: smime, backendCA: one, product: p, requests: {domains: [a.b]}}", "purpose"),
        ("{name: w, backendCA: one, product: p, group: g, purpose: serverAuthentication}", "goes with for: requests"),
        ("{name: w, backendCA: one, product: p, group: g, requests: {domains: [a.b]}}", "goes with for: requests"),
        ("{name: w, for: requests, backendCA: gone, product: p, requests: {domains: [a.b]}}", "is not configured"),
    ])
    func aTemplateThatMeansNothingIsRefused(_ member: String, _ words: String) async throws {
        let office = try await Office()
        do {
            try await office.apply(office.yaml(more: "  - \(member)"))
            Issue.record("it was taken: \(member)")
        } catch {
            #expect("\(error)".contains(words), "\(error)")
        }
    }

    @Test func aWordOfATicketIsFound() async throws {
        let office = try await Office()
        let order = try await office.order("ada", .pending)
        func find(_ word: String, _ roles: Set<Role> = [.administrator]) async throws -> [FoundThing] {
            try await SearchAdministration(office.store, caller: Caller(name: "x", roles: roles, origin: "")).find(word)
        }
        for word in [
            order.reference, String(order.reference.prefix(12)), order.reference.uppercased(), "ca-ada", " CA-ADA ",
        ] {
            let found = try await find(word)
            #expect(found.map(\.path) == ["/console/orders/\(order.reference)"], "\(word): \(found)")
        }
        #expect(try await find("smime").map(\.kind) == [.template])
        #expect(try await find("one").map(\.path) == ["/console/backend-cas/one"])
        #expect(try await find("ada@example.org").map(\.kind) == [.person])
        #expect(try await find(order.reference, [.integrator]).isEmpty)
        for word in ["", "   ", "nobody@example.org", "cw-", "%", "x\u{0}y", String(repeating: "a", count: 1000)] {
            #expect(try await find(word).isEmpty, "\(word)")
        }
    }
}
