// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import MicrosoftGraph
import Testing

@testable import Enrollment

@Suite struct ScheduleTests {
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

    @Test func whatTheOtherSideSaysCountsMore() {
        func delay(_ wait: Duration) -> Duration {
            RetrySchedule.delay(after: ConnectorError(.throttled, "x", retryAfter: wait), failures: 9)
        }
        #expect(delay(.seconds(7)) == .seconds(7))
        #expect(delay(.seconds(-7)) == .zero)
        #expect(delay(.seconds(1_000_000_000)) == .seconds(86_400))
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
