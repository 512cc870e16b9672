// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Testing

/// A CA that changes one thing at a time.
@Suite struct IssuedCertificateCheckTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let authority: IssuingAuthority
    private let check: IssuedCertificateCheck

    init() throws {
        authority = try IssuingAuthority("Example", now: Self.now)
        check = IssuedCertificateCheck(acceptedRoots: [authority.root], now: Self.now)
    }

    private func request(
        _ purpose: CertificatePurpose = .smime, key: PrivateKey, days: Int? = 365,
        names: RequestedNames = RequestedNames(commonName: "Ada", emails: ["ada@example.test"])
    ) throws -> CertificateRequest {
        CertificateRequest(
            reference: "cw-1", product: "p",
            csr: try .make(subject: names.distinguishedName, alternativeNames: names.alternativeNames, key: key),
            names: names, validityDays: days, purpose: purpose)
    }

    /// The problems of a certificate that a sound CA of ours would issue, changed by `change`.
    private func problems(
        _ purpose: CertificatePurpose = .smime, _ keyType: KeyType = .p256, days: Int? = 365,
        names: RequestedNames = RequestedNames(commonName: "Ada", emails: ["ada@example.test"]),
        _ change: (inout CertificateBuilder) throws -> Void = { _ in }
    ) throws -> [String] {
        let request = try request(purpose, key: .generate(keyType), days: days, names: names)
        var builder = try Self.builder(request)
        try change(&builder)
        let leaf = try builder.signed(by: authority.certificate, key: authority.key)
        return check.problems(of: issued([leaf, authority.certificate]), for: request).map(\.sentence)
    }

    private func issued(_ chain: [Certificate]) -> IssuedCertificate {
        IssuedCertificate(certificateChain: chain, order: CAOrder(caRequestID: "1"))
    }

    private static func builder(_ request: CertificateRequest) throws -> CertificateBuilder {
        var builder = CertificateBuilder(
            profile: CertificateProfile(request.purpose), subject: request.names.distinguishedName,
            publicKey: try request.csr.publicKey,
            alternativeNames: request.names.alternativeNames, notBefore: now - 60,
            notAfter: now - 60 + Double(request.validityDays ?? 365) * 86_400)
        builder.securityIdentifier = request.names.securityIdentifier
        return builder
    }

    @Test(arguments: CertificatePurpose.allCases, [KeyType.p256, .rsa2048])
    func whatWasAskedForHasNoProblems(_ purpose: CertificatePurpose, _ key: KeyType) throws {
        let names = RequestedNames(
            commonName: "Ada", emails: ["ada@example.test", "a.l@example.test"], userPrincipalName: "ada@example.test",
            securityIdentifier: "S-1-5-21-1-2-3-4")
        #expect(try problems(purpose, key, names: names) == [])
    }

    @Test func theRootMayComeAlong() throws {
        let request = try request(key: .generate(.p256))
        let leaf = try Self.builder(request).signed(by: authority.certificate, key: authority.key)
        #expect(check.problems(of: issued([leaf, authority.certificate, authority.root]), for: request) == [])
    }

    @Test func caseOfAddressesDoesNotCount() throws {
        #expect(
            try problems(names: RequestedNames(commonName: "Ada", emails: ["Ada@Example.Test"])) {
                $0.alternativeNames = [.rfc822Name("aDA@example.test")]
            } == [])
    }

    @Test func theKeyMustBeTheOneOfTheRequest() throws {
        let other = try PrivateKey.generate(.p256).publicKey
        #expect(try problems { $0.publicKey = other } == ["the certificate is for another public key"])
    }

    @Test func addressesMustBeThoseOfTheRequest() throws {
        #expect(
            try problems { $0.alternativeNames = [.rfc822Name("ada@example.test"), .rfc822Name("bob@example.test")] }
                == ["address bob@example.test was not asked for"])
        #expect(try problems { $0.alternativeNames = [] } == ["address ada@example.test is missing"])
        #expect(
            try problems { $0.alternativeNames = [.rfc822Name("bob@example.test")] }
                == ["address ada@example.test is missing", "address bob@example.test was not asked for"])
        #expect(
            try problems { $0.subject = [("CN", "Ada"), ("emailAddress", "bob@example.test")] }
                == ["address bob@example.test was not asked for"])
        #expect(try problems { $0.subject = [("CN", "Ada"), ("emailAddress", "ada@example.test")] } == [])
    }

    @Test func namesForLogonMustBeThoseOfTheRequest() throws {
        let names = RequestedNames(
            commonName: "Ada", emails: [], userPrincipalName: "ada@example.test", securityIdentifier: "S-1-5-21-1-2-3-4"
        )
        #expect(
            try problems(.clientAuthentication, names: names) {
                $0.alternativeNames = []
                $0.securityIdentifier = "S-1-5-21-1-2-3-500"
            } == [
                "user principal name ada@example.test is missing", "security identifier S-1-5-21-1-2-3-4 is missing",
                "security identifier S-1-5-21-1-2-3-500 was not asked for",
            ])
        #expect(
            try problems {
                $0.alternativeNames += [.userPrincipalName("admin@example.test"), .dNSName("mail.example.test")]
            } == [
                "user principal name admin@example.test was not asked for",
                "host name mail.example.test was not asked for",
            ])
    }

    /// Kinds of names that nobody asks for here; `SlipTests` in EnrollmentTests has them all, to the hold of the order.
    @Test(arguments: [
        (GeneralName.iPAddress([10, 0, 0, 1]), "host name 10.0.0.1"),
        (.uniformResourceIdentifier("https://mail.example.test/"), "alternative name https://mail.example.test/"),
        (.registeredID("1.2.3"), "registered id 1.2.3"), (.directoryName([("CN", "Bob")]), "directory name CN=Bob"),
        (.otherName(type: "1.2.3.4", der: [5, 0]), "alternative name of type 1.2.3.4"),
    ])
    func aNameOfAnotherKindWasNotAskedFor(_ name: GeneralName, _ title: String) throws {
        #expect(try problems { $0.alternativeNames.append(name) } == ["\(title) was not asked for"])
    }

    @Test func theUsageMustFitThePurpose() throws {
        #expect(
            try problems { $0.extendedKeyUsage = [.clientAuthentication] }
                == ["extended key usage lacks emailProtection", Self.unasked("clientAuth")])
        #expect(
            try problems(.clientAuthentication) { $0.extendedKeyUsage = [.emailProtection] }
                == ["extended key usage lacks clientAuth", Self.unasked("emailProtection")])
        #expect(
            try problems { $0.extendedKeyUsage = [.any] }
                == ["extended key usage lacks emailProtection", Self.unasked("anyExtendedKeyUsage")])
        #expect(
            try problems { ($0.extendedKeyUsage, $0.keyUsage) = ([], []) } == [
                "the certificate has no extended key usage, which allows every purpose",
                "the certificate has no key usage, which allows every use of the key",
            ])
        #expect(try problems { $0.keyUsage = .digitalSignature } == ["key usage does not allow encryption"])
        #expect(try problems { $0.keyUsage = .keyAgreement } == ["key usage does not allow signing"])
        #expect(
            try problems(.smimeSigning) { $0.keyUsage = [.digitalSignature, .keyAgreement] }
                == ["key usage allows encryption, asked for signing only"])
        #expect(
            try problems(.smimeEncryption) { $0.keyUsage = [.digitalSignature, .keyAgreement] }
                == ["key usage allows signing, asked for encryption only"])
        for purpose in CertificatePurpose.allCases {
            #expect(
                try problems(purpose) { $0.keyUsage.formUnion([.keyCertSign, .cRLSign]) }
                    == ["key usage keyCertSign, cRLSign was not asked for"])
        }
        #expect(try problems(.clientAuthentication, .rsa2048) { $0.keyUsage.insert(.keyEncipherment) } == [])
        #expect(try problems(.smime, .rsa2048) { $0.keyUsage.formUnion([.dataEncipherment, .nonRepudiation]) } == [])
        #expect(
            try problems(.clientAuthentication) { $0.keyUsage = .nonRepudiation }
                == ["key usage does not allow signing"])
    }

    /// What encrypts with one algorithm does nothing with the other.
    @Test func encryptionDependsOnTheAlgorithm() throws {
        for (key, wrong) in [(KeyType.rsa2048, KeyUsage.keyAgreement), (.p256, .keyEncipherment)] {
            #expect(
                try problems(.smimeEncryption, key) { $0.keyUsage = wrong }
                    == ["key usage does not allow encryption", "key usage \(wrong) was not asked for"])
        }
    }

    @Test func theCertificateMustBeValidNow() throws {
        #expect(
            try problems { $0.notAfter = Self.now - 1 } == [
                "the certificate has expired on 2027-01-15T07:59:59Z"
            ])
        #expect(
            try problems { $0.notBefore = Self.now + 3600 } == [
                "the certificate is not valid before 2027-01-15T09:00:00Z"
            ])
    }

    /// A CA's clock may be ahead of ours.
    @Test func aSmallDifferenceOfClocksIsNoProblem() throws {
        #expect(try problems { $0.notBefore = Self.now + 200 } == [])
    }

    @Test func aLittleLessValidityIsAcceptedAndMuchLessIsNot() throws {
        #expect(try problems { $0.notAfter = Self.now + 330 * 86_400 } == [])
        #expect(try problems { $0.notAfter = Self.now + 300 * 86_400 } == ["valid for 300 days, asked for 365"])
        #expect(try problems(days: nil) { $0.notAfter = Self.now + 30 * 86_400 } == [])
        #expect(try problems { $0.notAfter = Self.now + 396 * 86_400 } == [])
        #expect(try problems { $0.notAfter = Self.now + 420 * 86_400 } == ["valid for 420 days, asked for 365"])
    }

    @Test func aCACertificateIsRefused() throws {
        #expect(
            try problems { $0.isAuthority = true }.contains("the certificate is a CA certificate"))
    }

    @Test func theChainMustLeadToAnAcceptedRoot() throws {
        let request = try request(key: .generate(.p256))
        let leaf = try Self.builder(request).signed(by: authority.certificate, key: authority.key)
        let missing = check.problems(of: issued([leaf]), for: request)
        #expect(missing.count == 1)
        #expect(missing.first?.sentence.hasPrefix("the chain does not lead to an accepted root:") == true)
        let other = try IssuingAuthority("Other", now: Self.now)
        let foreign = try Self.builder(request).signed(by: other.certificate, key: other.key)
        #expect(check.problems(of: issued([foreign, other.certificate, other.root]), for: request).count == 1)
        let trusting = IssuedCertificateCheck(acceptedRoots: [], now: Self.now)
        #expect(trusting.problems(of: issued([leaf, authority.certificate, authority.root]), for: request).count == 1)
        #expect(
            check.problems(of: issued([]), for: request).map(\.sentence) == ["the CA's answer holds no certificate"])
    }

    @Test func aSelfSignedCertificateIsNotTrusted() throws {
        let key = try PrivateKey.generate(.p256)
        let request = try request(key: key)
        let leaf = try Self.builder(request).selfSigned(key: key)
        #expect(check.problems(of: issued([leaf]), for: request).count == 1)
    }

    @Test func everyDifferenceIsNamed() throws {
        let other = try PrivateKey.generate(.rsa2048).publicKey
        let found = try problems {
            $0.publicKey = other
            $0.alternativeNames = [.rfc822Name("bob@example.test")]
            $0.extendedKeyUsage = [.serverAuthentication]
            $0.keyUsage = .cRLSign
            $0.notAfter = Self.now + 86_400
        }
        #expect(found.count == 9, "\(found)")
    }

    private static func unasked(_ purpose: String) -> String {
        "extended key usage \(purpose) was not asked for; a template that wants it names it in accept.extendedKeyUsages"
    }

    /// Nobody has asked for a length: the product's counts, and where nobody knows it, five years.
    @Test func aProductSaysHowLongItsCertificatesAreValid() throws {
        func days(_ given: Double, _ validity: String?) throws -> [String] {
            let request = try request(key: .generate(.p256), days: nil)
            var builder = try Self.builder(request)
            builder.notAfter = builder.notBefore + given * 86_400
            let leaf = try builder.signed(by: authority.certificate, key: authority.key)
            let product = try validity.flatMap { try Self.product("validityDays: \($0)") }
            return check.problems(of: issued([leaf]), for: request, product: product).filter { $0.kind == .content }
                .map(\.sentence)
        }
        let hint = "a template that wants more says validityDays"
        #expect(try days(730, "{maximum: 730}") == [])
        #expect(try days(30, "{maximum: 730}") == [])
        let less = "a template that wants less says validityDays"
        #expect(try days(1, "{maximum: 730}") == ["valid for 1 days, expected 28 at least; \(less)"])
        #expect(try days(1, nil) == ["valid for 1 days, expected 28 at least; \(less)"])
        #expect(try days(5, "{minimum: 5, maximum: 10}") == [])
        #expect(try days(90, "[365, 730]") == ["valid for 90 days, expected 365 at least; \(less)"])
        #expect(try days(900, "{maximum: 730}") == ["valid for 900 days, expected 730 at most; \(hint)"])
        #expect(try days(900, "[365, 730]") == ["valid for 900 days, expected 730 at most; \(hint)"])
        #expect(try days(730, "[730]") == [])
        #expect(try days(90, "[730]") == ["valid for 90 days, asked for 730"])
        #expect(try days(1500, nil) == [])
        #expect(try days(3285, nil) == ["valid for 3285 days, expected 1827 at most; \(hint)"])
    }

    private static func product(_ members: String) throws -> ProductFacts? {
        try ConnectorProfile.read(
            "connector: c\ntitle: C\nmodule: m\nproducts: [{id: p, title: P, \(members)}]\n", file: "c.yaml"
        ).product("p")
    }

    /// The profile may know what a CA adds; that keys which log on are copied is for the template to say.
    @Test func whatProductAndTemplateAcceptIsNoProblem() throws {
        let product = try #require(
            try Self.product(
                "accept: {extendedKeyUsages: [documentSigning, clientAuth], subject: {organization: [Example AG], title: remark}}"
            ))
        func problems(_ template: AcceptedDifferences) throws -> [IssuedCertificateProblem] {
            let request = try request(key: .generate(.p256))
            var builder = try Self.builder(request)
            builder.extendedKeyUsage += ["1.3.6.1.5.5.7.3.36", .clientAuthentication]
            builder.subject.attributes += [.init("O", "example  AG"), .init("title", "Countess")]
            let leaf = try builder.signed(by: authority.certificate, key: authority.key)
            return check.problems(
                of: issued([leaf, authority.certificate]), for: request, accepting: template, product: product)
        }
        let remark = IssuedCertificateProblem("title \"Countess\" was not asked for", .remark)
        #expect(try problems(AcceptedDifferences()) == [IssuedCertificateProblem(Self.unasked("clientAuth")), remark])
        #expect(try problems(AcceptedDifferences(extendedKeyUsages: [.clientAuthentication])) == [remark])
        #expect(
            try problems(
                AcceptedDifferences(
                    extendedKeyUsages: [.clientAuthentication], subject: ["organization": .values(["Other"])])
            ).map(\.kind) == [.content, .remark])
    }

    @Test func anAddressIsNeverMerelyRemarkable() throws {
        let request = try request(key: .generate(.p256))
        var builder = try Self.builder(request)
        builder.subject = [("CN", "bob@example.test")]
        let leaf = try builder.signed(by: authority.certificate, key: authority.key)
        let accepted = AcceptedDifferences(subject: ["commonName": .remark])
        let found = check.problems(of: issued([leaf, authority.certificate]), for: request, accepting: accepted)
        #expect(found.map(\.kind) == [.content])
    }

    /// What CAs make of the names, each of them the subscriber's own.
    @Test func theNamesOfTheSubscriberMayStandInEveryForm() throws {
        let names = RequestedNames(
            commonName: "Ada", givenName: "Ada", surname: "Lovelace", organization: "Example GmbH",
            pseudonym: "Countess",
            emails: ["ada@example.test"])
        for text in [
            "ADA", "Ada Lovelace", "Lovelace Ada", "Lovelace, Ada", "Countess", "ada@example.test", "Example GmbH",
            " Ada   Lovelace ",
        ] {
            #expect(
                try problems(names: names) { $0.subject = [("C", "DE"), ("L", "Bonn"), ("CN", text)] } == [], "\(text)")
        }
        for text in ["Ada Byron", "Ad\u{E4}", "Lovelace Ada Byron", "Ada\u{A0}Lovelace"] {
            #expect(try problems(names: names) { $0.subject = [("CN", text)] }.count == 1, "\(text)")
        }
    }

    /// Unicode takes KELVIN SIGN for k and an accent for its letter's own; a certificate that says so is of somebody else.
    @Test func namesAreComparedOctetByOctet() throws {
        for (asked, found) in [("kate", "\u{212A}ate"), ("jose\u{301}", "jos\u{E9}"), ("strasse", "stra\u{DF}e")] {
            let names = RequestedNames(commonName: asked, emails: ["ada@example.test"])
            #expect(try problems(names: names) { $0.subject = [("CN", found)] }.count == 1, "\(asked)")
        }
        let kate = "kate@example.test"
        let names = RequestedNames(commonName: "Kate", emails: [kate], userPrincipalName: kate)
        let found = try problems(.smime, names: names) {
            $0.alternativeNames = [.rfc822Name(kate), .userPrincipalName("\u{212A}ate@example.test")]
        }
        #expect(found.count == 2, "\(found)")
    }
}
