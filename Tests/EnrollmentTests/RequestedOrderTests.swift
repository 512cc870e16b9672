// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import PKIX
import Records
import Secrets
import Settings
import TestSupport
import Testing

@testable import Fulfilment
@testable import Planning

/// Orders whose key somebody else has made.
@Suite(.timeLimit(.minutes(5))) struct RequestedOrderTests {
    private static func template(_ more: String = "") throws -> TemplateConfiguration {
        try ConfigurationReader.read(
            """
            backendCAs:
              - {name: main, connector: c, acceptedRoots: r}
            templates:
              - {name: web, for: requests, backendCA: main, product: p, requests: {domains: [example.test]\(more)}}
            """, file: "test"
        ).requestTemplates[0]
    }

    private static func failed(_ gateway: TestGateway) async throws -> [(request: SubmittedRequest, order: Order)] {
        try await gateway.ledger.orderedRequests(of: "web", endingAfter: .distantPast).failed(since: .distantPast)
    }

    private static func ending(
        _ gateway: TestGateway, from start: Date? = nil, until end: Date
    ) async throws -> [(request: SubmittedRequest, certificate: CertificateRecord)] {
        let start = start ?? gateway.clock.now()
        return try await gateway.ledger.orderedRequests(of: "web", endingAfter: start).ending(after: start, until: end)
    }

    private static func submit(
        _ gateway: TestGateway, _ hosts: [String] = ["www.example.test"], csr: CertificateSigningRequest? = nil,
        renewableFor: Double = 0
    ) async throws -> (request: SubmittedRequest, csr: CertificateSigningRequest) {
        let csr =
            try csr
            ?? CertificateSigningRequest.make(
                subject: [("CN", hosts[0])], alternativeNames: hosts.map(GeneralName.dNSName), key: .generate(.p256))
        let template = try template()
        let new = NewRequest(
            template: "web", requester: "ada@example.test", requesterID: nil, hosts: hosts, keyType: "p256",
            csr: csr.der, reason: "web server", renewableFor: renewableFor)
        let request = try await gateway.ledger.submit(new) {
            NewOrder(template, requested: $0, names: RequestedNames(commonName: hosts[0], hosts: hosts))
        }
        return (request, csr)
    }

    @Test func itGoesTheWayOfAllOthersButForItsKey() async throws {
        let gateway = try await TestGateway()
        let (request, csr) = try await Self.submit(gateway, ["www.example.test", "shop.example.test"])
        try await gateway.work()
        let id = try #require(request.orderID)
        let order = try await gateway.order(id)
        #expect(order.stage == .active, "\(order.detail ?? "")")
        #expect(order.hasForeignKey && order.subscriberID == "request-\(request.reference)")
        #expect(gateway.ca.calls == ["enroll"])
        let certificate = try #require(order.certificateID)
        let record = try #require(try await gateway.ledger.certificate(certificate))
        let leaf = try Certificate(der: record.der)
        #expect(try leaf.publicKey == csr.publicKey)
        #expect(leaf.extendedKeyUsage == [.serverAuthentication])
        let key = try #require(try await gateway.ledger.key(orderID: order.id))
        #expect(key.sealed == nil && key.csr == csr.der)
        #expect(try await gateway.ledger.newestSealedKey() == nil)
        #expect(try await gateway.ledger.archivedKey(orderID: order.id) == nil)
        // Found by its hosts, and by no person's name.
        #expect(try await gateway.ledger.orders(OrderFilter(text: "shop.exa")).map(\.id) == [order.id])
        #expect(try await gateway.ledger.certificates(CertificateFilter(text: "www")).map(\.orderID) == [order.id])
        // Nobody takes a server for a person who has left.
        let register = EnrollmentRegister(database: gateway.ledger.database, clock: gateway.clock)
        #expect(try await register.people(PersonFilter()).isEmpty)
    }

    /// Another key, other names: what came back is compared as every other certificate is.
    @Test func whatIsNotWhatWasAskedForIsHeld() async throws {
        typealias Slip = @Sendable (inout CertificateBuilder) -> Void
        let more: Slip = { $0.alternativeNames.append(.dNSName("evil.test")) }
        let others: Slip = { $0.alternativeNames = [.dNSName("other.example.test")] }
        for (slip, words) in [(more, "evil.test"), (others, "www.example.test")] {
            let gateway = try await TestGateway()
            gateway.ca.onEnroll { ca, request in
                ca.take(request)
                return try ca.issue(request) { slip(&$0) }
            }
            let (request, _) = try await Self.submit(gateway)
            try await gateway.work()
            let id = try #require(request.orderID)
            let order = try await gateway.order(id)
            #expect(order.isHeld && order.holdReason?.contains(words) == true, "\(order)")
        }
    }

    /// A failed one goes on with the key it has: there is no other.
    @Test func aFailedOneCanBeRetried() async throws {
        let gateway = try await TestGateway()
        let (request, csr) = try await Self.submit(gateway)
        let id = try #require(request.orderID)
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            let order = CAOrder(caRequestID: "ca-\(request.reference)")
            return .pending(PendingOrder(order: order, waitingFor: .approver))
        }
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .pending)
        _ = try await gateway.ledger.hold(id, reason: "look", by: "eve")
        _ = try await gateway.ledger.retry(id, by: "eve")
        gateway.clock.advance(86_400)
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .active, "\(order.detail ?? "")")
        #expect(try await gateway.ledger.key(orderID: id)?.csr == csr.der)
    }

    /// A database that was put back gives the same request, and its order, the references that they had: the CA is asked by them.
    @Test func theSameRequestHasTheSameReferenceAfterARestore() async throws {
        let (first, restored) = (try await TestGateway(), try await TestGateway())
        let (request, csr) = try await Self.submit(first)
        try await restored.ledger.setState("references", first.ledger.state("references"))
        let again = try await Self.submit(restored, csr: csr).request
        #expect(again.reference == request.reference)
        let orders = (try await first.order(request.orderID ?? 0), try await restored.order(again.orderID ?? 0))
        #expect(orders.0.reference == orders.1.reference)
        // Another one, and the same a second time, are others.
        #expect(try await Self.submit(restored, ["shop.example.test"]).request.reference != request.reference)
        _ = try await first.ledger.requestCancel(request.orderID ?? 0, by: "eve", because: "no")
        try await first.work()
        #expect(try await Self.submit(first, csr: csr).request.reference != request.reference)
    }

    /// What a CA has refused may be asked for again, by whoever looks after orders or with the same request; until then it is told.
    @Test func aRefusedOneIsToldAndOrderedAgain() async throws {
        let gateway = try await TestGateway()
        let refusal = EnrollmentOutcome.rejected(OrderRejection(reason: "not this host"))
        gateway.ca.onEnroll({ _, _ in refusal }, { _, _ in refusal })
        let (request, csr) = try await Self.submit(gateway)
        try await gateway.work()
        let failed = try await Self.failed(gateway)
        #expect(failed.map(\.request.id) == [request.id] && failed.first?.order.stage == .rejected, "\(failed)")
        let order = try #require(failed.first?.order)
        let template = try Self.template()
        let another = try await gateway.ledger.orderAgain(requested: order, by: "eve", because: "mended") {
            NewOrder(template, requested: $0, names: RequestedNames(json: order.names))
        }
        #expect(another.id != order.id && another.reference != order.reference)
        #expect(try await Self.failed(gateway).isEmpty)
        await #expect(throws: LedgerError.self) {
            try await gateway.ledger.orderAgain(requested: order, by: "eve", because: "twice") {
                NewOrder(template, requested: $0, names: RequestedNames(json: order.names))
            }
        }
        await #expect(throws: LedgerError.self) { try await Self.submit(gateway, csr: csr) }
        try await gateway.work()
        #expect(try await gateway.order(another.id).stage == .rejected)
        let resubmitted = try await Self.submit(gateway, csr: csr).request
        #expect(try await Self.failed(gateway).isEmpty)
        #expect(resubmitted.id != request.id)
    }

    /// Nothing follows on a server's certificate by itself: its end is known in time, until another one for the same hosts is there.
    @Test func anEndIsKnownUntilAnotherFollows() async throws {
        let gateway = try await TestGateway()
        let (request, _) = try await Self.submit(gateway)
        try await gateway.work()
        let ledger = gateway.ledger
        let end = try #require(try await ledger.outcomes(of: [request])[request.id]?.certificate?.notAfter)
        #expect(try await Self.ending(gateway, until: end - 1).isEmpty)
        #expect(try await Self.ending(gateway, until: end).map(\.request.id) == [request.id])
        gateway.clock.advance(86_400)
        let hosts: Set = ["www.example.test"]
        func newest() async throws -> [Set<String>: Int64] {
            try await ledger.orderedRequests(of: "web", endingAfter: gateway.clock.now()).newest
        }
        #expect(try await newest() == [hosts: request.id])
        let (newer, _) = try await Self.submit(gateway)
        #expect(try await newest() == [hosts: newer.id], "one that is under way is to take its place")
        try await gateway.work()
        #expect(try await newest() == [hosts: newer.id])
        #expect(try await Self.ending(gateway, until: .distantFuture).map(\.request.id) == [newer.id])
        _ = try await Self.submit(gateway, ["other.example.test"])
        #expect(try await newest()[hosts] == newer.id)
    }

    /// One that lives shortly is not near its end from its first day on.
    @Test func theEndOfAShortLifeIsNearInItsLastThird() async throws {
        let gateway = try await TestGateway()
        let (request, _) = try await Self.submit(gateway)
        try await gateway.work()
        let outcome = try await gateway.ledger.outcomes(of: [request])[request.id]
        let record = try #require(outcome?.certificate)
        let life = record.notAfter.timeIntervalSince(record.notBefore)
        for (notice, before) in [(life, life / 3), (life * 0.6, life / 3), (life * 0.4, life * 0.4), (60, 60)] {
            #expect(
                abs(record.endIsNear(from: notice).timeIntervalSince(record.notAfter - before)) < 1, "\(notice / life)")
        }
    }

    /// What ran out is told for a while, too, until somebody has asked again.
    @Test func whatIsOverIsKnownAsWell() async throws {
        let gateway = try await TestGateway()
        let (request, _) = try await Self.submit(gateway)
        try await gateway.work()
        let ledger = gateway.ledger
        let end = try #require(try await ledger.outcomes(of: [request])[request.id]?.certificate?.notAfter)
        gateway.clock.advance(end.timeIntervalSince(gateway.clock.now()) + 86_400)
        #expect(try await Self.ending(gateway, until: .distantFuture).isEmpty)
        let ended = try await Self.ending(gateway, from: end - 1, until: .distantFuture)
        #expect(ended.map(\.request.id) == [request.id])
        #expect(try await Self.ending(gateway, from: end, until: .distantFuture).isEmpty)
    }

    /// One key has one certificate for a host at a time: once it is renewed, the same request buys nothing before the renewal ends, whatever
    /// became of the first.
    @Test func theSameRequestIsOrderedAgainOnlyNearTheEndOfAllItHas() async throws {
        let gateway = try await TestGateway()
        let (first, csr) = try await Self.submit(gateway, renewableFor: 10 * 86_400)
        try await gateway.work()
        let ledger = gateway.ledger
        let end = try #require(try await ledger.outcomes(of: [first])[first.id]?.certificate?.notAfter)
        func again() async throws -> SubmittedRequest {
            try await Self.submit(gateway, csr: csr, renewableFor: 10 * 86_400).request
        }
        gateway.clock.advance(end.timeIntervalSince(gateway.clock.now()) - 11 * 86_400)
        await #expect(throws: LedgerError.self) { try await again() }
        gateway.clock.advance(2 * 86_400)
        let second = try await again()
        await #expect(throws: LedgerError.self) { try await again() }
        try await gateway.work()
        #expect(try await ledger.outcomes(of: [second])[second.id]?.certificate != nil)
        for _ in 0..<3 {
            gateway.clock.advance(6 * 86_400)
            await #expect(throws: LedgerError.self) { try await again() }
        }
    }

    /// One key has one certificate for the same hosts: signed anew it is the same, and whoever orders looks once more.
    @Test func theSameKeyIsOrderedOnceWhoeverOrders() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in .rejected(OrderRejection(reason: "not today")) }
        let key = try PrivateKey.generate(.p256)
        func csr(_ host: String = "www.example.test") throws -> CertificateSigningRequest {
            try .make(subject: [("CN", host)], alternativeNames: [.dNSName(host)], key: key)
        }
        let template = try Self.template()
        let order: @Sendable (SubmittedRequest) throws -> NewOrder = {
            NewOrder(template, requested: $0, names: RequestedNames(hosts: $0.hosts))
        }
        let first = try await Self.submit(gateway, csr: csr()).request
        try await gateway.work()
        let ended = try await gateway.order(first.orderID ?? 0)
        try #require(ended.stage.isFinal)
        // Its order is over, so it may be asked for again, by whomever.
        let second = try await gateway.ledger.submit(
            NewRequest(
                template: "web", requester: "bob@example.test", requesterID: nil, hosts: ["www.example.test"],
                keyType: "p256", csr: try csr().der, reason: ""), ordering: nil)
        _ = try await gateway.ledger.orderAgain(requested: ended, by: "eve", because: "", order)
        try await gateway.work()
        await #expect(throws: LedgerError.self) {
            try await gateway.ledger.approve(second.id, by: "eve", because: "", ordering: order)
        }
        await #expect(throws: LedgerError.self) { try await Self.submit(gateway, csr: csr()) }
        await #expect(throws: LedgerError.self, "by another template") {
            try await gateway.ledger.submit(
                NewRequest(
                    template: "web2", requester: "bob@example.test", requesterID: nil, hosts: ["www.example.test"],
                    keyType: "p256", csr: try csr().der, reason: ""), ordering: nil)
        }
        #expect(try await gateway.ledger.orders().filter { $0.stage == .active }.count == 1)
        // Other names are another certificate.
        _ = try await Self.submit(gateway, ["shop.example.test"], csr: csr("shop.example.test"))
    }

    /// Each request that waits is kept, and told to whoever decides.
    @Test func nobodyAsksForMoreThanCanBeDecidedOn() async throws {
        let gateway = try await TestGateway()
        func submit(_ number: Int, by name: String) async throws {
            _ = try await gateway.ledger.submit(
                NewRequest(
                    template: "web", requester: name, requesterID: nil, hosts: ["w\(number).example.test"],
                    keyType: "p256", csr: [UInt8(number)], reason: ""), ordering: nil)
        }
        for number in 1...50 { try await submit(number, by: "Ada@example.test") }
        await #expect(throws: LedgerError.self) { try await submit(51, by: "ada@example.test") }
        try await submit(52, by: "bob@example.test")
    }

    /// CA/Browser Forum Baseline Requirements section 6.1.1.3.
    @Test(arguments: [true, false]) func aCompromisedKeyIsCertifiedNoMore(isAskedForHere: Bool) async throws {
        let gateway = try await TestGateway()
        let key = try PrivateKey.generate(.p256)
        func csr(_ host: String) throws -> CertificateSigningRequest {
            try .make(subject: [("CN", host)], alternativeNames: [.dNSName(host)], key: key)
        }
        let request = try await Self.submit(gateway, csr: csr("www.example.test")).request
        try await gateway.work()
        let id = try #require(try await gateway.order(request.orderID ?? 0).certificateID)
        let waiting = try await gateway.ledger.submit(
            NewRequest(
                template: "web", requester: "bob@example.test", requesterID: nil, hosts: ["a.example.test"],
                keyType: "p256", csr: try csr("a.example.test").der, reason: ""), ordering: nil)
        if isAskedForHere {
            _ = try await gateway.ledger.ask([
                .revoke(certificateID: id, reason: .keyCompromise, cause: "stolen", actor: "eve")
            ])
        } else {
            try await gateway.noteRevoked(id, "keyCompromise")
        }
        await #expect(throws: LedgerError.self) {
            try await Self.submit(gateway, ["b.example.test"], csr: csr("b.example.test"))
        }
        let template = try Self.template()
        await #expect(throws: LedgerError.self) {
            try await gateway.ledger.approve(waiting.id, by: "eve", because: "") {
                NewOrder(template, requested: $0, names: RequestedNames(hosts: $0.hosts))
            }
        }
        #expect(try await gateway.ledger.orders().count == 1)
    }

    /// A compressed point, or another exponent to the same modulus, is the same key.
    @Test(arguments: [true, false]) func eachSpellingOfACompromisedKeyIsRefused(isEC: Bool) async throws {
        let gateway = try await TestGateway()
        let key =
            isEC
            ? try await Tool.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout")
            : try await Tool.openssl("genrsa", "2048")
        let usual = try CertificateSigningRequest.make(
            subject: [("CN", "a.example.test")], alternativeNames: [.dNSName("a.example.test")],
            key: PrivateKey(pem: Secret(key)))
        let request = try await Self.submit(gateway, ["a.example.test"], csr: usual).request
        try await gateway.work()
        let id = try #require(try await gateway.order(request.orderID ?? 0).certificateID)
        _ = try await gateway.ledger.ask([.revoke(certificateID: id, reason: .superseded, cause: "", actor: "eve")])
        let folder = try TemporaryFolder()
        let other =
            isEC
            ? try await Tool.openssl("ec", "-conv_form", "compressed", input: Array(key.utf8))
            : try await Tool.run(["python3", "-c", Self.otherExponent], input: Array(key.utf8))
        try folder.write(other, to: "k.pem")
        let pem = try await Tool.openssl(
            "req", "-new", "-key", folder.path("k.pem"), "-subj", "/CN=b.example.test", "-addext",
            "subjectAltName=DNS:b.example.test")
        let again = try CertificateSigningRequest(pem: pem)
        #expect(try again.publicKey != usual.publicKey)
        // The same names are bought once as well, before anything is known of the key.
        let twin = try CertificateSigningRequest(
            pem: await Tool.openssl(
                "req", "-new", "-key", folder.path("k.pem"), "-subj", "/CN=a.example.test", "-addext",
                "subjectAltName=DNS:a.example.test"))
        await #expect(throws: LedgerError.self) { try await Self.submit(gateway, ["a.example.test"], csr: twin) }
        try await gateway.ledger.noteCompromise(of: [id], by: AuditActor(named: "eve"), because: "found later")
        await #expect(throws: LedgerError.self) { try await Self.submit(gateway, ["b.example.test"], csr: again) }
        #expect(try await gateway.ledger.compromise(of: again.publicKey) != nil)
    }

    /// The key of standard input with the exponent 257.
    private static let otherExponent = """
        import sys
        from cryptography.hazmat.primitives import serialization as s
        from cryptography.hazmat.primitives.asymmetric import rsa
        n = s.load_pem_private_key(sys.stdin.buffer.read(), None).private_numbers()
        d = pow(257, -1, (n.p - 1) * (n.q - 1))
        k = rsa.RSAPrivateNumbers(n.p, n.q, d, rsa.rsa_crt_dmp1(d, n.p), rsa.rsa_crt_dmq1(d, n.q), n.iqmp, rsa.RSAPublicNumbers(257, n.public_numbers.n))
        print(k.private_key().private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode())
        """

    /// CA/Browser Forum Baseline Requirements section 4.9.1.1: whoever has the key has that of every certificate with it.
    @Test(arguments: [true, false]) func otherCertificatesOfACompromisedKeyAreNamed(isAskedForHere: Bool) async throws {
        let gateway = try await TestGateway()
        let key = try PrivateKey.generate(.p256)
        var records: [CertificateRecord] = []
        for host in ["a.example.test", "b.example.test", "c.example.test"] {
            let own = host.hasPrefix("c") ? try PrivateKey.generate(.p256) : key
            let csr = try CertificateSigningRequest.make(
                subject: [("CN", host)], alternativeNames: [.dNSName(host)], key: own)
            let request = try await Self.submit(gateway, [host], csr: csr).request
            try await gateway.work()
            let id = try #require(try await gateway.order(request.orderID ?? 0).certificateID)
            records.append(try #require(try await gateway.ledger.certificate(id)))
        }
        func revoke(_ number: Int, _ reason: RevocationReason) async throws {
            guard !isAskedForHere else {
                _ = try await gateway.ledger.ask([
                    .revoke(certificateID: records[number].id, reason: reason, cause: "stolen", actor: "eve")
                ])
                return
            }
            try await gateway.noteRevoked(records[number].id, reason.name)
        }
        try await revoke(2, .keyCompromise)
        #expect(try await gateway.ledger.certificatesOfCompromisedKeys().isEmpty)
        try await revoke(0, .keyCompromise)
        let found = try await gateway.ledger.certificatesOfCompromisedKeys()
        #expect(found.map(\.serialNumber) == [records[1].serialNumber])
        #expect(found.map(\.compromised) == [records[0].serialNumber])
        try await revoke(1, .superseded)
        #expect(try await gateway.ledger.certificatesOfCompromisedKeys().isEmpty)
    }

    @Test func aRequestIsDecidedOnce() async throws {
        let gateway = try await TestGateway()
        let new = NewRequest(
            template: "web", requester: "Ada@example.test", requesterID: nil, hosts: ["www.example.test"],
            keyType: "p256", csr: [1], reason: "")
        let template = try Self.template()
        let ledger = gateway.ledger
        let request = try await ledger.submit(new, ordering: nil)
        #expect(request.state == .waiting && request.orderID == nil)
        let order: @Sendable (SubmittedRequest) throws -> NewOrder = {
            NewOrder(template, requested: $0, names: RequestedNames(hosts: $0.hosts))
        }
        let approved = try await ledger.approve(request.id, by: "eve", because: "yes", ordering: order)
        #expect(approved.state == .ordered && approved.orderID != nil && approved.decidedBy == "eve")
        await #expect(throws: LedgerError.self) { try await ledger.deny(request.id, by: "bob", because: "no") }
        await #expect(throws: LedgerError.self) {
            try await ledger.approve(request.id, by: "bob", because: "", ordering: order)
        }
        #expect(try await ledger.orders().count == 1)
        // The same one, sent once more, buys nothing; another one is another request.
        await #expect(throws: LedgerError.self) { try await ledger.submit(new, ordering: nil) }
        var other = new
        other.csr = [2]
        let denied = try await ledger.deny(ledger.submit(other, ordering: nil).id, by: "eve", because: "another name")
        #expect(denied.state == .denied && denied.cause == "another name")
        #expect(try await ledger.request(denied.reference) == denied)
        let mine = try await ledger.requests(RequestFilter(requester: ("ADA@EXAMPLE.TEST", nil)))
        #expect(mine.items.map(\.id) == [denied.id, approved.id])
        #expect(try await ledger.requests(RequestFilter(requester: ("bob", nil))).items.isEmpty)
        #expect(try await ledger.requests(RequestFilter(states: [.denied])).items == [denied])
        #expect(try await ledger.outcomes(of: [approved, denied]).keys.sorted() == [approved.id])
    }

    @Test func aTemplateThatTakesNoneAnyMoreLetsNothingLeave() async throws {
        let gateway = try await TestGateway()
        let request = try await Self.submit(gateway).request
        let order = try await gateway.order(try #require(request.orderID))
        func verdict(
            _ request: SubmittedRequest, _ change: (inout GatewayConfiguration) -> Void = { _ in }
        ) throws -> EligibilityVerdict {
            var configuration = try ConfigurationReader.read("templates: []", file: "test")
            configuration.requestTemplates = [try Self.template(", approval: false")]
            change(&configuration)
            return configuration.verdict(onRequested: order, of: request) { _ in nil }
        }
        #expect(try verdict(request) == .fits)
        let changes: [(inout RequestPolicy) -> Void] = [
            { $0.domains = ["other.test"] }, { $0.keys = [.rsa3072] }, { $0.approval = true },
        ]
        let reasons = [
            "www.example.test is not allowed", "found a key of p256, expected rsa3072", "an administrator's consent",
        ]
        for (change, expected) in zip(changes, reasons) {
            var policy = try #require(try Self.template(", approval: false").requests)
            change(&policy)
            let found = try verdict(request) { [policy] in $0.requestTemplates[0].requests = policy }
            guard case .withdraw(let reason) = found else { throw LedgerError.notPossible("\(found): \(expected)") }
            #expect(reason.contains(expected))
        }
        #expect(try verdict(request) { $0.requestTemplates = [] } != .fits)
        #expect(
            try verdict(request) { $0.requestTemplates[0].enabled = false }
                == .withdraw("template web is switched off"))
        #expect(
            try verdict(request) { $0.requestTemplates[0].product = "another" }
                == .changed("template web orders another product now: request it once more"))
        // What somebody orders once more has been agreed to.
        let refusal = EnrollmentOutcome.rejected(OrderRejection(reason: "not now"))
        gateway.ca.onEnroll({ _, _ in refusal }, { _, _ in refusal })
        try await gateway.work()
        let template = try Self.template()
        _ = try await gateway.ledger.orderAgain(requested: order, by: "eve", because: "agreed") {
            NewOrder(template, requested: $0, names: RequestedNames(json: order.names))
        }
        let agreed = try await gateway.ledger.request(request.reference)
        #expect(try verdict(agreed) { $0.requestTemplates[0].requests?.approval = true } == .fits)
    }
}
