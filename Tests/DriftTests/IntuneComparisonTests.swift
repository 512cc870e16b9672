// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import DeliveryProof
import Foundation
import KeyHoldings
import Testing

@testable import Drift

/// What Intune holds otherwise than the ledger says: each kind alone is found, and nothing where nothing differs.
@Suite struct IntuneComparisonTests {
    private static func expectation(deliveredKey: String = "k1") -> DeliveryExpectation {
        var expected = DeliveryExpectation(
            certificateID: 1, subscriberID: DriftBench.ada, userPrincipalName: "ada@sandbox.example",
            thumbprint: DriftBench.print, notBefore: DriftBench.now - 86400,
            notAfter: DriftBench.now + 300 * 86400, intendedPurpose: "smimeEncryption", providerName: "KSP",
            keyName: "key", paddingScheme: "oaepSha512")
        expected.deliveredAt = DriftBench.now - 3600
        (expected.connectorKey, expected.deliveredKey) = ("k1", deliveredKey)
        return expected
    }

    private static func kinds(
        _ records: [UserPFXCertificate], _ certificates: [LedgerCertificate] = [DriftBench.certificate()],
        expecting expectations: [DeliveryExpectation] = [expectation()], holdings: [KeyHolding] = [],
        deleted: Set<String> = []
    ) -> [DriftKind] {
        IntuneComparison(
            records: records, certificates: certificates, expectations: expectations, holdings: holdings,
            deleted: deleted, now: DriftBench.now
        ).findings().map(\.kind)
    }

    @Test func nothingDiffers() {
        #expect(Self.kinds([DriftBench.record()]).isEmpty)
        #expect(Self.kinds([DriftBench.record()], holdings: [DriftBench.holding(wanted: true)]).isEmpty)
        #expect(Self.kinds([], [], expecting: []).isEmpty)
    }

    @Test(arguments: [
        (DriftKind.recordOfAnotherCertificate, ["thumbprint": String(repeating: "b2", count: 20)]),
        (.recordNameDiffers, ["userPrincipalName": "lovelace@sandbox.example"]),
        (.recordDatesDiffer, ["expirationDateTime": "2031-01-01T00:00:00Z"]),
        (.recordPurposeDiffers, ["intendedPurpose": "vpn"]), (.recordProviderDiffers, ["providerName": "other"]),
        (.recordKeyNameDiffers, ["keyName": "other"]), (.recordPaddingDiffers, ["paddingScheme": "pkcs1"]),
    ])
    func aRecordThatDiffersIsNamed(_ kind: DriftKind, _ changes: [String: String]) {
        #expect(Self.kinds([DriftBench.record(changes)]) == [kind])
    }

    @Test func aRecordThatIsGoneIsNamed() { #expect(Self.kinds([]) == [.recordDeleted]) }

    @Test func whatWasNeverDeliveredIsNotMissed() {
        var expected = Self.expectation()
        expected.deliveredAt = nil
        #expect(Self.kinds([], expecting: [expected]).isEmpty)
    }

    @Test func aPasswordForAKeyThatIsGoneIsNamed() {
        #expect(
            Self.kinds([DriftBench.record()], expecting: [Self.expectation(deliveredKey: "k0")])
                == [.recordForOldConnectorKey])
    }

    @Test func anotherRecordThatStartsLaterIsNamed() {
        let other = String(repeating: "c3", count: 20)
        let records = [
            DriftBench.record(), DriftBench.record(thumbprint: other, ["startDateTime": "2027-01-15T07:00:00Z"]),
        ]
        let older = DriftBench.certificate(2, thumbprint: other, status: .superseded, stage: .superseded)
        #expect(Self.kinds(records, [DriftBench.certificate(), older]) == [.recordStartsLater])
    }

    @Test func aRecordUnderSomebodyElseIsNamed() {
        let records = [DriftBench.record(), DriftBench.record(of: DriftBench.bob)]
        #expect(Self.kinds(records) == [.recordUnderAnother])
    }

    @Test func aRecordThatNobodyKnowsIsNamed() {
        let records = [DriftBench.record(), DriftBench.record(thumbprint: String(repeating: "d4", count: 20))]
        let kinds = Self.kinds(records)
        #expect(kinds.contains(.recordUnknown))
    }

    @Test func whatWasTakenOutAndIsBackIsNamedAndWhatIsUnderWayIsNot() {
        var certificate = DriftBench.certificate()
        certificate.isWithdrawn = true
        #expect(Self.kinds([DriftBench.record()], [certificate], expecting: []).isEmpty)
        certificate.isTakenOut = true
        #expect(Self.kinds([DriftBench.record()], [certificate], expecting: []) == [.recordOfWithdrawn])
    }

    @Test func recordsOfWhoIsGoneAndOfKeysInWrongHandsAreNamed() {
        var certificate = DriftBench.certificate()
        #expect(
            Self.kinds([DriftBench.record()], [certificate], expecting: [], deleted: [DriftBench.ada])
                == [.recordOfDeletedPerson])
        certificate.isCompromised = true
        #expect(Self.kinds([DriftBench.record()], [certificate], expecting: []) == [.recordOfCompromised])
        certificate.isWithdrawn = true
        #expect(Self.kinds([DriftBench.record()], [certificate], expecting: []).isEmpty, "it is under way")
        certificate.isTakenOut = true
        #expect(Self.kinds([DriftBench.record()], [certificate], expecting: []) == [.recordOfWithdrawn])
    }

    @Test func whatIsMissingIsCountedAgainstWhatWasDelivered() {
        func missing(_ records: [UserPFXCertificate], delivered: Bool = true) -> [Int] {
            var expected = Self.expectation()
            if !delivered { expected.deliveredAt = nil }
            let comparison = IntuneComparison(
                records: records, certificates: [DriftBench.certificate()], expectations: [expected], holdings: [],
                deleted: [], now: DriftBench.now
            ).missing
            return [comparison.count, comparison.delivered]
        }
        #expect(missing([]) == [1, 1] && missing([DriftBench.record()]) == [0, 1])
        #expect(missing([], delivered: false) == [0, 0])
    }

    @Test func keysOfMailboxesAndOldKeysAreWithThoseWhoAreToHaveThem() {
        let mailbox = "7f0c0000-0000-0000-0000-0000000000ff"
        let certificate = DriftBench.certificate(of: mailbox)
        func kinds(_ records: [UserPFXCertificate], _ holding: KeyHolding) -> [DriftKind] {
            Self.kinds(records, [certificate], expecting: [], holdings: [holding])
        }
        let held = [DriftBench.record()]
        #expect(kinds(held, DriftBench.holding(owner: mailbox, wanted: true)).isEmpty)
        #expect(kinds(held, DriftBench.holding(owner: mailbox, wanted: false)) == [.recordOfFormerHolder])
        #expect(kinds([], DriftBench.holding(owner: mailbox, wanted: true)) == [.heldKeyMissing])
        #expect(kinds([], DriftBench.holding(owner: mailbox, wanted: true, actual: .absent)).isEmpty)
        let own = DriftBench.certificate(status: .superseded, stage: .superseded)
        let kept = Self.kinds(held, [own], expecting: [], holdings: [DriftBench.holding(wanted: false)])
        #expect(kept == [.recordKeptTooLong])
        #expect(Self.kinds(held, [own], expecting: []).isEmpty, "without a rule an old key stays on devices")
    }
}
