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

/// A CA that tries its luck with the chain of a certificate that is right.
@Suite(.timeLimit(.minutes(5))) struct ChainSlipTests {
    @Test(arguments: ChainSlip.all) func noCertificateCountsWithoutAPath(_ slip: ChainSlip) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .issued(
                ca.authority.issued(request, try await slip.make(ca.authority, request, ca.clock.now())))
        }
        let id = try await gateway.plan("kate", terms: ", keyRecoveryAgents: [agent]")
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(
            order.holdReason?.contains("does not lead to an accepted root") == true
                && order.holdReason?.contains(slip.found) == true,
            "\(slip): \(order.holdReason ?? "not held, \(order.stage) \(order.detail ?? "")")")
        #expect(try await gateway.ledger.archivedKey(orderID: id) == nil)
        #expect(try await gateway.kinds(id).allSatisfy { !["issued", "delivered", "active"].contains($0) })
    }

    /// In whatever order the certificates come, and whatever comes along: the path counts, and nothing else is kept or delivered.
    @Test(arguments: 0..<6) func aPathIsFoundInEveryBag(_ turn: Int) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            let (authority, now) = (ca.authority, ca.clock.now())
            let stranger = try TestAuthority(now: now)
            let leaf = try authority.leaf(request, now: now, by: authority.issuer, authority.key)
            let bag = [
                // By a root that nobody accepts, and by the right one but for servers, or expired.
                try authority.authority(
                    "Test Issuing CA", authority.key, now: now, by: (stranger.root, stranger.rootKey)
                ) {
                    $0.notAfter += 86_400
                },
                try authority.authority("Test Issuing CA", authority.key, now: now) {
                    $0.extendedKeyUsage = [.serverAuthentication]
                },
                try authority.authority("Test Issuing CA", authority.key, now: now) { $0.notAfter = now - 60 },
                // The root, certified by another one.
                try authority.authority(
                    "Test Root", authority.rootKey, now: now, by: (stranger.root, stranger.rootKey)),
                authority.issuer, stranger.root,
            ]
            return .issued(authority.issued(request, [leaf] + bag[turn...] + bag[..<turn]))
        }
        let id = try await gateway.plan("kate")
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .active, "\(order.holdReason ?? "")")
        let record = try #require(try await gateway.ledger.certificates().first)
        #expect(record.chain == [gateway.ca.authority.issuer.der])
    }

    /// Mail clients of others know the root and not the CA that is accepted here by itself; a stranger of its issuer's name is no help.
    @Test func whatStandsAboveAnAcceptedIssuingCAIsDelivered() throws {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let authority = try TestAuthority(now: now)
        let (upper, lower) = (try PrivateKey.generate(.p256), try PrivateKey.generate(.p256))
        let policy = try authority.authority("Policy", upper, now: now)
        let issuing = try authority.authority("Issuing", lower, now: now, by: (policy, upper))
        let stranger = try authority.authority("Policy", .generate(.p256), now: now)
        let names = RequestedNames(commonName: "Kate", emails: ["kate@example.test"])
        let key = try PrivateKey.generate(.p256)
        let request = CertificateRequest(
            reference: "cw-1", product: "p",
            csr: try .make(subject: names.distinguishedName, alternativeNames: names.alternativeNames, key: key),
            names: names, validityDays: 365, purpose: .smime)
        let leaf = try authority.leaf(request, now: now, by: issuing, lower)
        let issued = authority.issued(request, [leaf, authority.root, stranger, policy, issuing])
        for (root, found) in [
            (issuing, [issuing, policy]), (policy, [issuing, policy]), (authority.root, [issuing, policy]),
        ] {
            let check = IssuedCertificateCheck(acceptedRoots: [root], now: now)
            #expect(check.problems(of: issued, for: request).isEmpty)
            #expect(try check.issuers(of: issued, for: request) == found)
        }
        let alone = authority.issued(request, [leaf, stranger, issuing])
        let check = IssuedCertificateCheck(acceptedRoots: [issuing], now: now)
        #expect(try check.issuers(of: alone, for: request) == [issuing])
    }
}
