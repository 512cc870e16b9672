// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Drift
import Foundation
import Planning
import Testing

@testable import Administration

/// What a report says of what was found, and of what was not compared.
@Suite struct DriftReportTests {
    private static func report(_ places: [DriftReport.Place], _ findings: [DriftFinding] = []) -> DriftReport {
        DriftReport(readAt: Date(timeIntervalSince1970: 1_800_000_000), places: places, findings: findings)
    }

    @Test func theGravestComeFirstAndEachKindIsCounted() {
        let found = Self.report(
            [],
            [
                DriftFinding(.recordUnknown, subject: "a"), DriftFinding(.recordDeleted, subject: "b"),
                DriftFinding(.recordUnknown, subject: "c"), DriftFinding(.recordUnderAnother, subject: "d"),
            ])
        #expect(
            found.findings.map(\.kind) == [.recordUnderAnother, .recordDeleted, .recordUnknown, .recordUnknown])
        #expect(found.counts.map(\.count) == [1, 1, 2])
        #expect(found.json(most: 1)["findings"]?.array?.count == 1 && found.json(most: 1)["total"] == 4)
    }

    /// Who is away has a grace, and what the template lets be is nobody's to mend.
    @Test func whatWaitsIsSaidAndNoRepairIsOffered() {
        var waits = DriftFinding(.personLeft, subject: "a")
        (waits.waits, waits.serialNumber) = ("nothing follows: 'certway certificate revoke SERIAL' ends it", "0C0F")
        let both = Self.report([], [waits, DriftFinding(.personLeft, subject: "b")])
        #expect(both.counts.map(\.count) == [2] && both.counts[0].waiting == 1 && both.counts[0].repair == .plan)
        let alone = Self.report([], [waits])
        #expect(alone.counts[0].repair == .wait && alone.gravest == .note)
        #expect(alone.json()["kinds"]?[0]?["repair"] == "wait" && alone.json()["kinds"]?[0]?["waiting"] == 1)
        let found = alone.json()["findings"]?[0]
        #expect(found?["repair"] == "wait")
        #expect(found?["remedy"] == "nothing follows: 'certway certificate revoke 0C0F' ends it")
        #expect(Self.report([]).gravest == nil)
    }

    @Test func whatFailedIsNotWholeAndWhatCannotBeComparedIsNoFault() {
        func place(_ reason: String?, possible: Bool = true, gaps: [String] = []) -> DriftReport.Place {
            DriftReport.Place(source: .authority, name: "ca", reason: reason, isPossible: possible, gaps: gaps)
        }
        #expect(Self.report([place(nil)]).isWhole)
        #expect(!Self.report([place(nil), place("401")]).isWhole)
        #expect(!Self.report([place(nil, gaps: ["3 orders could not be read"])]).isWhole)
        #expect(Self.report([place("the CA has no list", possible: false)]).isWhole)
    }

    @Test func aWishReadsOnlyWhatItNeeds() {
        #expect(DriftWish().read == Set(DriftSource.allCases))
        #expect(DriftWish(kinds: [.recordDeleted, .notArchived]).read == [.intune, .archive])
        #expect(DriftWish(sources: [.intune], kinds: [.recordDeleted, .notArchived]).read == [.intune])
        let one = DriftFinding(.recordDeleted, subject: "a")
        #expect(DriftWish(ids: [one.id]).means(one))
        #expect(!DriftWish(kinds: [.recordUnknown], ids: [one.id]).means(one))
        #expect(throws: Obstacle.self) { try DriftAdministration.requireNames(DriftWish(sources: [.intune])) }
    }

    @Test func whatThePlannerIsConcernedAboutHasAKindOrIsASwitch() {
        let kinds = CertificateConcern.allCases.compactMap { DriftKind($0) }
        #expect(kinds == [.personLeft, .personDisabled, .personNotEntitled, .personRenamed])
    }
}
