// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import MicrosoftGraph
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

@Suite(.timeLimit(.minutes(5))) struct ScheduleTests {
    @Test func passingFailuresAreRetriedWithGrowingDistance() {
        let error = ConnectorError(.transient, "x")
        for (failures, seconds) in [(0, 1.0), (1, 2), (5, 32), (9, 512), (10, 900), (63, 900), (1000, 900), (-1, 1)] {
            for _ in 0..<20 {
                let delay = RetrySchedule.delay(after: error, failures: failures) / .seconds(1)
                #expect(delay >= seconds * 0.8 && delay <= seconds * 1.2, "\(failures)")
            }
        }
    }

    @Test(arguments: [ConnectorError.Kind.authentication, .configuration, .refused])
    func whatAPersonMustMendIsTriedSeldom(_ kind: ConnectorError.Kind) {
        let first = RetrySchedule.delay(after: ConnectorError(kind, "x"), failures: 0) / .seconds(1)
        #expect(first >= 48 && first <= 72)
        let later = RetrySchedule.delay(after: EnrollmentError("x"), failures: 20) / .seconds(1)
        #expect(later >= 720 && later <= 1080)
    }

    /// It may ask for more time, up to a day. Who says "at once" every time is asked less and less often all the same.
    @Test(arguments: [
        Duration.zero, .seconds(-7), .seconds(1), .seconds(77), .seconds(315_000_000), .seconds(Int64.max / 2),
    ])
    func whatTheOtherSideSaysHasARange(_ wait: Duration) {
        func delay(_ failures: Int) -> Double {
            RetrySchedule.delay(after: ConnectorError(.throttled, "x", retryAfter: wait), failures: failures)
                / .seconds(1)
        }
        let told = min(max(wait / .seconds(1), 0), 86_400)
        for (failures, own) in [(0, 0.8), (3, 6.4), (9, 409.6), (20, 720)] {
            #expect(delay(failures) >= max(told, own))
            #expect(delay(failures) <= max(told, own / 0.8 * 1.2))
        }
        #expect(RetrySchedule.delay(after: CancellationError(), failures: 9) == .zero)
    }

    @Test func everyErrorHasAKind() {
        #expect(RetrySchedule.kind(of: ConnectorError(.throttled, "x")) == "throttled")
        #expect(RetrySchedule.kind(of: GraphError(.transient, "x")) == "transient")
        #expect(RetrySchedule.kind(of: CancellationError()) == "transient")
        #expect(RetrySchedule.kind(of: EnrollmentError("x")) == "configuration")
    }

    @Test func waitingOrdersAreAskedForLessAndLessOften() {
        let ages: [Double] = [-5, 0, 59, 60, 3599, 3600, 86_399, 86_400, 1e9]
        #expect(
            ages.map { PollSchedule.interval(age: $0) }
                == [5, 5, 5, 60, 60, 900, 900, 3600, 3600].map { Duration.seconds($0) })
    }
}
