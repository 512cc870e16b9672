// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import PKIX
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// A CA that tries to slip something into certificates whose keys are archived and delivered.
@Suite(.timeLimit(.minutes(5))) struct SlipTests {
    @Test func nothingThatIsSlippedInGetsThrough() async throws {
        let gateway = try await TestGateway()
        for (index, slip) in Slip.all.enumerated() {
            gateway.ca.onEnroll { ca, request in
                ca.take(request)
                return try ca.issue(request, slip.change)
            }
            let id = try await gateway.plan(
                "p\(index)", names: "kate", terms: ", keyRecoveryAgents: [agent]" + slip.terms)
            try await gateway.work()
            let order = try await gateway.order(id)
            #expect(
                order.holdReason?.contains("another certificate than asked for") == true
                    && order.holdReason?.contains(slip.found) == true,
                "\(slip): \(order.holdReason ?? "not held, \(order.stage) \(order.detail ?? "")")")
            #expect(try await gateway.ledger.archivedKey(orderID: id) == nil, "\(slip)")
            #expect(
                try await gateway.kinds(id).allSatisfy { !["issued", "delivered", "active"].contains($0) }, "\(slip)")
        }
        #expect(Slip.all.count > 60)
    }

    /// A certificate has been paid for: who has looked at it and says in the template that it is right gets it, and no other.
    @Test func whatTheTemplateAcceptsGoesThroughWithoutASecondOrder() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return try ca.issue(request, Self.multipurpose)
        }
        let id = try await gateway.plan("kate")
        try await gateway.work()
        let held = try #require(try await gateway.order(id).holdReason)
        for hint in ["accept.extendedKeyUsages", "accept.subject.organization", "accept.subject.serialNumber"] {
            #expect(held.contains(hint), "\(held)")
        }
        gateway.ca.onPoll { ca, request in try ca.issue(request, Self.multipurpose) }
        let accepted = AcceptedDifferences(
            extendedKeyUsages: [.clientAuthentication],
            subject: ["organization": .values(["EXAMPLE  gmbh"]), "serialNumber": .remark])
        try await gateway.ledger.retry(id, by: "test")
        try await gateway.engine { $0.accepted = ["other": accepted] }.work(until: nil)
        #expect(try await gateway.order(id).holdReason != nil)
        gateway.ca.onPoll { ca, request in try ca.issue(request, Self.multipurpose) }
        try await gateway.ledger.retry(id, by: "test")
        try await gateway.engine { $0.accepted = ["smime": accepted] }.work(until: nil)
        let order = try await gateway.order(id)
        #expect(order.stage == .active, "\(order.holdReason ?? "")")
        #expect(gateway.ca.orders == [order.reference: 1])
        #expect(try await gateway.ledger.archivedKey(orderID: id) != nil)
        let issued = try await gateway.ledger.events(id).first { $0.kind == "issued" }
        #expect(issued?.message.contains("serialNumber \"4711\" was not asked for") == true)
    }

    /// Whatever has let it in: a key is not copied whose certificate logs on.
    @Test(arguments: KeyPurpose.logon.sorted { $0.rawValue < $1.rawValue })
    func aKeyThatLogsOnIsNotCopied(_ usage: KeyPurpose) async throws {
        let gateway = try await TestGateway()
        let order = try await gateway.order(try await gateway.plan("kate"))
        let key = try PrivateKey.generate(.p256)
        var builder = CertificateBuilder(
            profile: .smime, subject: [("CN", "kate")], publicKey: try key.publicKey, notBefore: gateway.clock.now(),
            notAfter: gateway.clock.now() + 86_400)
        let plain = try builder.selfSigned(key: key)
        builder.extendedKeyUsage.append(usage)
        let certificate = try builder.selfSigned(key: key)
        builder.extendedKeyUsage = []
        let open = try builder.selfSigned(key: key)
        var terms = try OrderTerms(json: order.request)
        var context = gateway.context()
        try context.requireCopyable(plain, order, terms)
        #expect(throws: EnrollmentError.self) { try context.requireCopyable(certificate, order, terms) }
        #expect(throws: EnrollmentError.self) { try context.requireCopyable(open, order, terms) }
        context.accepted = ["smime": AcceptedDifferences(extendedKeyUsages: [usage])]
        try context.requireCopyable(certificate, order, terms)
        context.accepted = [:]
        terms.purpose = .clientAuthentication
        if usage == .clientAuthentication {
            try context.requireCopyable(certificate, order, terms)
        } else {
            #expect(throws: EnrollmentError.self) { try context.requireCopyable(certificate, order, terms) }
        }
    }

    private static func multipurpose(_ builder: inout CertificateBuilder) {
        builder.extendedKeyUsage.append(.clientAuthentication)
        builder.subject.attributes += [.init("O", "Example GmbH"), .init("serialNumber", "4711")]
    }
}
