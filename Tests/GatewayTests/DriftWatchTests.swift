// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import TestSupport
import Testing

@testable import Gateway

/// When ledger and world are compared by themselves.
@Suite struct DriftWatchTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let day = Duration.seconds(86_400)

    private static func run(_ ago: TimeInterval, ended: Bool = true, problem: String? = nil) -> JobBook.Run {
        JobBook.Run(.drift, startedAt: now - ago, endedAt: ended ? now - ago + 60 : nil, problem: problem)
    }

    private static func isDue(_ last: JobBook.Run?, every: Duration? = day, asked ago: TimeInterval? = nil) -> Bool {
        DriftWatch.isDue(last, every: every, askedAt: ago.map { now - $0 }, at: now)
    }

    @Test func itIsDueAsOftenAsIsConfigured() {
        #expect(Self.isDue(nil))
        #expect(!Self.isDue(Self.run(86_399)))
        #expect(Self.isDue(Self.run(86_400)))
        // A clock that had run ahead keeps nobody waiting for ever.
        #expect(Self.isDue(Self.run(-86_401)))
        #expect(!Self.isDue(nil, every: nil))
        #expect(!Self.isDue(Self.run(1e8), every: nil))
    }

    @Test func whatDidNotComeToItsEndIsTriedAgainSooner() {
        for last in [Self.run(3600, ended: false), Self.run(3600, problem: "the database was away")] {
            #expect(Self.isDue(last))
        }
        #expect(!Self.isDue(Self.run(3599, ended: false)))
        #expect(!Self.isDue(Self.run(3599, problem: "the database was away")))
        #expect(!Self.isDue(Self.run(3599, ended: false), every: .seconds(3600)))
    }

    @Test func somebodyWhoAsksNeedNotWaitAndIsServedOnce() {
        #expect(Self.isDue(nil, every: nil, asked: 5))
        #expect(Self.isDue(Self.run(60), asked: 5))
        #expect(!Self.isDue(Self.run(3), asked: 5))
    }
}
