// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import Administration
@testable import Fulfilment

/// Many certificates are asked about, and nobody waits for a place that never answers.
@Suite struct RevocationSurveyTests {
    private final class Asked: Sendable {
        let count = Mutex(0)
    }

    private static func finding(_ number: Int) -> RevocationReader.Finding {
        switch number {
        case 0: .missing("no answer", wasRead: false)
        case 1: .missing("not in the list", wasRead: true)
        case 2: .nowhere
        default:
            .revoked(
                RevocationReader.Sight(
                    place: "http://ca.example/crl", at: Date(timeIntervalSince1970: 0), reason: nil, serialNumber: "01")
            )
        }
    }

    private static func survey(_ asked: Asked) -> RevocationSurvey<Int> {
        RevocationSurvey { number in
            asked.count.withLock { $0 += 1 }
            return finding(number)
        }
    }

    @Test func itGivesUpWhereNobodyAnswers() async throws {
        let asked = Asked()
        var survey = Self.survey(asked)
        let looks = try await survey.look(at: Array(repeating: 0, count: 100))
        #expect(survey.isGivenUp && survey.unread == looks.count && survey.reason == "no answer")
        #expect(asked.count.withLock { $0 } == 8)
        // Nor is anybody asked for the next ones.
        #expect(try await survey.look(at: [1, 1]).isEmpty)
        #expect(asked.count.withLock { $0 } == 8)
    }

    @Test func oneAnswerIsReasonToGoOn() async throws {
        var survey = Self.survey(Asked())
        let looks = try await survey.look(at: [1] + Array(repeating: 0, count: 50) + [2, 3])
        #expect(looks.count == 53 && !survey.isGivenUp)
        #expect(survey.read == 2 && survey.unread == 50 && survey.nowhere == 1)
        // What names no place is no place that does not answer.
        var silent = Self.survey(Asked())
        #expect(try await silent.look(at: Array(repeating: 2, count: 20)).count == 20)
        #expect(!silent.isGivenUp && silent.reason == nil)
    }
}
