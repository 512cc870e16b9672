// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import TestSupport
import Testing

/// Which path is found, and that looking for one ends. What is bounded is counted in steps.
@Suite(.timeLimit(.minutes(3))) struct PathSearchTests {
    /// Steps that were needed, and the error where there is one.
    private func cost(
        _ leaf: Certificate, _ certificates: [Certificate], _ anchors: [Certificate]
    ) -> (steps: Int, error: PKIXError?) {
        var budget = PathBudget.standard
        do {
            _ = try PathValidator(PathCA.policy(anchors)).path(for: leaf, among: certificates, within: &budget)
            return (PathBudget.standard.steps - budget.steps, nil)
        } catch {
            return (PathBudget.standard.steps - budget.steps, error as? PKIXError)
        }
    }

    /// An issuing CA with four certificates: of two roots nobody accepts, of an accepted one but expired, and the right one. And a
    /// root that is certified by another one.
    @Test func theOrderOfTheBagMeansNothing() throws {
        let (good, strange, issuing) = (try PathCA("Good"), try PathCA("Strange"), try PathCA("Issuing"))
        let (root, other) = (try good.root(), try strange.root())
        let right = try issuing.certified(by: good, root)
        let bag = [
            try issuing.certified(by: strange, other), right,
            try issuing.certified(by: good, root) { $0.notAfter = PathCA.now - 60 },
            try good.certified(by: strange, other),
        ]
        let leaf = try issuing.leaf(right)
        for order in permutations(bag + [other]) {
            #expect(try PathValidator(PathCA.policy([root])).path(for: leaf, among: order) == [leaf, right, root])
            let chain = try CertificateChain.order(order + [leaf], leafKey: leaf.publicKey)
            #expect(chain.first == leaf && Set(chain) == Set([leaf, other] + bag))
            #expect(try PathValidator(PathCA.policy([root])).path(for: leaf, among: chain) == [leaf, right, root])
        }
    }

    /// The first way up by name ends at a constraint, the second at a root without signature, the third is right.
    @Test func aWayThatEndsIsNotTheEnd() throws {
        let (good, bridge, issuing) = (try PathCA("Root"), try PathCA("Bridge"), try PathCA("Issuing"))
        let impostor = try PathCA("Root")
        let root = try good.root()
        let short = try bridge.certified(by: good, root) { $0.pathLengthConstraint = 0 }
        let long = try bridge.certified(by: good, root) { $0.notAfter -= 86_400 }
        let issuer = try issuing.certified(by: bridge, short)
        let leaf = try issuing.leaf(issuer)
        let bag = [short, issuer, try impostor.root(), long]
        for order in permutations(bag) {
            #expect(
                try PathValidator(PathCA.policy([root])).path(for: leaf, among: order) == [leaf, issuer, long, root])
        }
        #expect(throws: PKIXError(.untrusted, "")) {
            try PathValidator(PathCA.policy([root])).path(for: leaf, among: [short, issuer])
        }
    }

    @Test func aLoopOfCrossCertificatesEnds() throws {
        let authorities = try (0..<6).map { try PathCA("CA \($0)") }
        let own = try authorities.map { try $0.root() }
        // Each has certified each.
        let bag = try authorities.indices.flatMap { subject in
            try authorities.indices.filter { $0 != subject }.map {
                try authorities[subject].certified(by: authorities[$0], own[$0])
            }
        }
        let leaf = try authorities[0].leaf(own[0])
        let stranger = try PathCA("Stranger").root()
        let lost = cost(leaf, bag, [stranger])
        #expect(lost.error == PKIXError(.untrusted, "") && lost.steps < 2000, "\(lost)")
        for root in own { #expect(cost(leaf, bag, [root]).error == nil) }
        // Where every way leads to the root and none is valid, each CA is passed once on each.
        let critical = CertificateBuilder.AdditionalExtension(type: "1.2.3.4", der: [5, 0], isCritical: true)
        let bad = cost(try authorities[0].leaf(own[0]) { $0.additionalExtensions = [critical] }, bag, [own[5]])
        #expect(bad.error == PKIXError(.untrusted, "") && bad.steps < 150_000, "\(bad)")
    }

    /// Of several that are valid it is the one that lasts longest, in every order.
    @Test func ofSeveralPathsOneIsFound() throws {
        let (good, issuing) = (try PathCA("Good"), try PathCA("Issuing"))
        let root = try good.root()
        let bag = try (0..<4).map { index in
            try issuing.certified(by: good, root) { $0.notAfter += Double(index) * 86_400 }
        }
        let leaf = try issuing.leaf(bag[0])
        for order in permutations(bag) {
            #expect(try PathValidator(PathCA.policy([root])).path(for: leaf, among: order) == [leaf, bag[3], root])
        }
    }

    @Test(arguments: [20, 60, 62, 63, 150, 1000]) func aLongChainEnds(_ count: Int) throws {
        let key = try PrivateKey.generate(.p256)
        var (authority, certificate) = (try PathCA("0", key: key), try PathCA("0", key: key).root())
        let root = certificate
        var bag: [Certificate] = []
        for index in 1...count {
            let next = try PathCA("\(index)", key: key)
            certificate = try next.certified(by: authority, certificate)
            bag.append(certificate)
            authority = next
        }
        let found = cost(try authority.leaf(certificate), bag.reversed(), [root])
        // Leaf, CAs and root are 64 at most.
        #expect(found.error == (count <= 62 ? nil : PKIXError(.tooCostly, "")), "\(found)")
        #expect(found.steps < 100 + count * 150)
    }

    /// Layers of several certificates with one name and one key: each path is another, none is valid.
    @Test func manyPathsEndWithTheBudget() throws {
        let (layers, breadth) = (12, 5)
        let key = try PrivateKey.generate(.p256)
        let top = try PathCA("0", key: key)
        let root = try top.root()
        var (above, certificate, bag) = (top, root, [Certificate]())
        for layer in 1...layers {
            let next = try PathCA("\(layer)", key: key)
            let row = try (0..<breadth).map { index in
                try next.certified(by: above, certificate) { $0.notAfter -= Double(index) }
            }
            bag += row
            (above, certificate) = (next, row[0])
        }
        let good = try above.leaf(certificate)
        #expect(cost(good, bag, [root]).error == nil)
        let critical = CertificateBuilder.AdditionalExtension(type: "1.2.3.4", der: [5, 0], isCritical: true)
        let bad = cost(try above.leaf(certificate) { $0.additionalExtensions = [critical] }, bag, [root])
        #expect(bad.error == PKIXError(.tooCostly, ""), "\(bad)")
        // One name and one key for all: a CA twice in a path is a loop.
        let same = try (0..<60).map { index in
            try top.certified(by: top, root) { $0.notAfter -= Double(index) }
        }
        let stranger = try PathCA("Stranger").root()
        let looped = cost(try top.leaf(root), same, [stranger])
        #expect(looped.error == PKIXError(.untrusted, "") && looped.steps < 10_000, "\(looped)")
        #expect(cost(try top.leaf(root), same, [root]).error == nil)
    }

    @Test func bombsOfNamesAndPoliciesEnd() throws {
        let (authority, issuing) = (try PathCA("Root"), try PathCA("Issuing"))
        let root = try authority.root()
        func constraints(_ count: Int) -> CertificateBuilder.AdditionalExtension {
            let trees = (0..<count).flatMap { der(0x30, der(0x82, Array("h\($0).test".utf8))) }
            return .init(type: "2.5.29.30", der: der(0x30, der(0xA1, trees)), isCritical: true)
        }
        func found(_ names: Int, _ subtrees: Int, _ policies: Int) throws -> (steps: Int, error: PKIXError?) {
            let listed = (0..<policies).map { "1.2.3.\($0)" }
            let issuer = try issuing.certified(by: authority, root) {
                if subtrees > 0 { $0.additionalExtensions = [constraints(subtrees)] }
                $0.certificatePolicies = listed
            }
            let leaf = try issuing.leaf(issuer) {
                $0.alternativeNames = (0..<names).map { .dNSName("mail\($0).example.test") }
                $0.certificatePolicies = listed
            }
            return cost(leaf, [issuer], [root])
        }
        #expect(try found(100, 100, 20).error == nil)
        for bomb in [try found(3000, 3000, 0), try found(1, 0, 3000)] {
            #expect(bomb.error == PKIXError(.tooCostly, "") && bomb.steps < 1000, "\(bomb)")
        }
    }

    /// A bomb is left where it lies when there is another way.
    @Test func aBombDoesNotHideTheWay() throws {
        let (authority, issuing) = (try PathCA("Root"), try PathCA("Issuing"))
        let root = try authority.root()
        let bomb = try issuing.certified(by: authority, root) {
            $0.notAfter += 86_400
            $0.certificatePolicies = (0..<3000).map { "1.2.3.\($0)" }
        }
        let plain = try issuing.certified(by: authority, root)
        let leaf = try issuing.leaf(plain)
        #expect(try PathValidator(PathCA.policy([root])).path(for: leaf, among: [bomb, plain]) == [leaf, plain, root])
    }

    @Test func moreBytesThanAllowedAreNotLookedAt() throws {
        let authority = try PathCA("Root")
        let root = try authority.root()
        let fat = try (0..<4).map { index in
            try PathCA("Fat \(index)").certified(by: authority, root) {
                $0.additionalExtensions = [.init(type: "1.2.3.4", der: der(4, [UInt8](repeating: 0, count: 600_000)))]
            }
        }
        let leaf = try authority.leaf(root)
        #expect(cost(leaf, [fat[0]], [root]).error == nil)
        #expect(cost(leaf, fat, [root]).error == PKIXError(.tooCostly, ""))
        #expect(try CertificateChain.order(fat + [leaf, root], leafKey: leaf.publicKey) == [leaf])
    }

    private func permutations<Element>(_ elements: [Element]) -> [[Element]] {
        guard elements.count > 1 else { return [elements] }
        return elements.indices.flatMap { index in
            var rest = elements
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}
