// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Testing

@testable import Drift

/// Lists of CAs, revocation, directories, sign-in and the ledger itself: each kind alone is found, and nothing where nothing differs.
@Suite struct ComparisonTests {
    private static let now = DriftBench.now

    private static func inventory(
        _ entries: [InventoryEntry], _ certificates: [LedgerCertificate] = [DriftBench.certificate()],
        strangers: [String: InventoryComparison.Stranger] = [:]
    ) -> [DriftKind] {
        InventoryComparison(
            backendCA: "public-ca", entries: entries, certificates: certificates, strangers: strangers, now: now
        ).findings().map(\.kind)
    }

    private static func entry(_ id: String = "4711", serial: String? = nil) -> InventoryEntry {
        InventoryEntry(order: CAOrder(caRequestID: id), status: "issued", serialNumber: serial)
    }

    @Test func theListOfACA() {
        #expect(Self.inventory([Self.entry()]).isEmpty)
        #expect(Self.inventory([Self.entry(serial: "4F:A1")]).isEmpty)
        #expect(Self.inventory([]) == [.notAtAuthority])
        #expect(Self.inventory([], [DriftBench.certificate(order: nil)]).isEmpty, "one from a file has no order there")
        #expect(
            Self.inventory([], [DriftBench.certificate(status: .superseded, stage: .superseded)]).isEmpty,
            "what is not in use need not be listed")
        #expect(Self.inventory([Self.entry(serial: "0BAD")]) == [.serialNumberDiffers])
        #expect(Self.inventory([Self.entry()], strangers: ["9": .pending]) == [.orderOfNobody])
        func stranger(_ fingerprint: String) -> [DriftKind] {
            Self.inventory(
                [Self.entry()],
                strangers: ["9": .certificate(sha256Fingerprint: fingerprint, serialNumber: "9", subject: "CN=x")])
        }
        #expect(stranger("other") == [.unknownAtAuthority])
        #expect(stranger("sha256-1").isEmpty, "the ledger has it under another order")
    }

    /// What a proxy has sent twice is for one key: nobody has ordered at the CA itself.
    @Test func aCertificateForTheKeyOfOneOfOursHasItsOwnCause() {
        func causes(_ twin: String?) -> [String] {
            InventoryComparison(
                backendCA: "public-ca", entries: [Self.entry()], certificates: [DriftBench.certificate()],
                strangers: [
                    "9": .certificate(sha256Fingerprint: "x", serialNumber: "9", subject: "CN=x", sameKey: twin)
                ], now: Self.now
            ).findings().map(\.cause)
        }
        #expect(causes(nil) == [DriftRule.of(.unknownAtAuthority).cause])
        #expect(causes("4FA1").count == 1 && causes("4FA1")[0].contains("twice"))
        #expect(causes("4FA1")[0].hasSuffix("4FA1"))
        let ended = InventoryComparison(
            backendCA: "public-ca", entries: [Self.entry()], certificates: [DriftBench.certificate()],
            strangers: ["9": .certificate(sha256Fingerprint: "x", serialNumber: "9", subject: "CN=x")],
            ended: ["9": .init(reference: "cw-1", stage: .rejected, obstacle: nil)],
            now: Self.now
        ).findings()
        #expect(ended.count == 1 && ended[0].kind == .issuedAfterEnd)
        #expect(ended[0].cause.hasPrefix("order cw-1 has ended here as rejected"))
        #expect(ended[0].remedy.hasPrefix("'certway order retry cw-1 --found 9'"))
    }

    @Test func whatCAsPublishOfRevocation() {
        let comparison = RevocationComparison(now: Self.now)
        func kind(
            _ certificate: LedgerCertificate, _ sight: RevocationComparison.Sight, taken days: Double? = nil,
            seen: Bool = false, asked: Bool = false
        ) -> DriftKind? {
            comparison.finding(
                certificate, sight, takenAt: days.map { Self.now - $0 * 86400 }, wasSeen: seen, isAsked: asked)?.kind
        }
        let (active, revoked) = (
            DriftBench.certificate(), DriftBench.certificate(status: .revoked, stage: .revoked)
        )
        #expect(kind(active, .good) == nil && kind(revoked, .revoked("x")) == nil && kind(active, .unknown) == nil)
        #expect(kind(active, .revoked("x")) == .revokedAtAuthority)
        #expect(kind(active, .revoked("x"), asked: true) == nil)
        #expect(kind(active, .onHold("x")) == .heldAtAuthority, "who ends a hold has it back")
        #expect(kind(revoked, .onHold("x")) == nil && DriftRule.of(.heldAtAuthority).repair == .person)
        #expect(kind(DriftBench.certificate(ends: -1), .revoked("x")) == nil, "what is over is over")
        #expect(kind(revoked, .good, taken: 1) == nil, "lists come out later")
        #expect(kind(revoked, .good, taken: 8) == .revocationNotShown)
        #expect(kind(revoked, .good, taken: 1, seen: true) == .revocationNotShown)
        #expect(kind(revoked, .unknown, taken: 8) == nil, "what cannot be read says nothing")
    }

    @Test func anEntryOfADirectory() {
        let (own, other) = (
            DriftBench.certificate(), DriftBench.certificate(2, of: DriftBench.bob, serial: "5B")
        )
        let comparison = EntryComparison(place: "exchange", certificates: [own, other])
        func kinds(adds: [String] = [], removes: [String] = [], present: [String]) -> [DriftKind] {
            comparison.findings(of: DriftBench.ada, adds: adds, removes: removes, present: present).map(\.kind)
        }
        #expect(kinds(present: ["sha256-1", "of nobody here"]).isEmpty)
        #expect(kinds(adds: ["4FA1"], present: []) == [.notPublished])
        #expect(kinds(removes: ["4FA1"], present: ["sha256-1"]) == [.stillPublished])
        #expect(kinds(present: ["sha256-1", "sha256-2"]) == [.strangerPublished])
    }

    @Test func byWhatPeopleSignIn() {
        let comparison = SignInComparison(now: Self.now)
        func kinds(_ certificates: [(LedgerCertificate, String)], _ values: [String]) -> [DriftKind] {
            comparison.findings(certificates.map { (certificate: $0.0, value: $0.1) }, values: values).map(\.kind)
        }
        let (active, revoked) = (
            DriftBench.certificate(), DriftBench.certificate(2, status: .revoked, stage: .revoked)
        )
        #expect(kinds([(active, "X509:<SKI>AB")], ["x509:<ski>ab", "of another program"]).isEmpty)
        #expect(kinds([(active, "X509:<SKI>AB")], []) == [.signInValueMissing])
        #expect(kinds([(revoked, "X509:<SKI>CD")], ["X509:<SKI>CD"]) == [.signInValueLeft])
        #expect(kinds([(revoked, "X509:<SKI>CD")], []).isEmpty)
        #expect(
            kinds([(active, "X509:<SKI>AB"), (revoked, "X509:<SKI>AB")], ["X509:<SKI>AB"]).isEmpty,
            "two certificates of one key have one value")
    }

    @Test func twoInUse() {
        func found(_ certificates: [LedgerCertificate]) -> [DriftFinding] {
            LedgerComparison(certificates: certificates, now: Self.now).findings()
        }
        let (one, two) = (DriftBench.certificate(), DriftBench.certificate(2))
        #expect(found([one]).isEmpty)
        #expect(found([one, DriftBench.certificate(2, status: .superseded, stage: .superseded)]).isEmpty)
        #expect(found([one, DriftBench.certificate(2, of: DriftBench.bob)]).isEmpty)
        #expect(found([one, two]).map(\.kind) == [.twoInUse] && found([one, two]).first?.certificateID == 1)
    }
}
