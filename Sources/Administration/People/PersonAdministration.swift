// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Enrollment
import Foundation
import Gateway
import Ledger
import Settings

/// Answers about people, from what the gateway has read and done; asks nobody.
public struct PersonAdministration: Sendable {
    private let store: GatewayStore

    public init(_ store: GatewayStore) { self.store = store }

    /// - Parameter word: user principal name, mail address or object id.
    /// - Returns: nil for somebody no enrollment group has had as a member when the directory was last read.
    public func why(_ word: String) async throws -> PersonAnswer? {
        guard let person = try await store.mirror.person(matching: word) else { return nil }
        let decisions = try await store.planner.decisions.decisions(subscriberID: person.id)
        var answers: [PersonAnswer.Answer] = []
        for template in try await store.configuration().templates {
            let decision = decisions.first { $0.template == template.name }
            let standing = try await store.ledger.standings(template: template.name, subscriberIDs: [person.id])
            var sentences = [Self.sentence(decision, template)]
            if let id = standing[person.id]?.orderID, let order = try await store.ledger.order(id) {
                sentences += Self.sentences(order)
            }
            answers.append(PersonAnswer.Answer(template: template.name, sentences: sentences))
        }
        return PersonAnswer(person: person, answers: answers)
    }

    private static func sentence(_ decision: EnrollmentDecision?, _ template: TemplateConfiguration) -> String {
        switch decision?.verdict {
        case nil: "not a member of group \(template.group) when the directory was last read"
        case .order?: "a certificate is to be ordered; the next pass does it"
        case .covered?: "the group says yes, and an order was made"
        case .waiting?, .ended?: decision?.reason ?? ""
        case .skipped?: "no certificate is ordered: \(decision?.reason ?? "")"
        case .left?: "no longer entitled: \(decision?.reason ?? "")"
        }
    }

    private static func sentences(_ order: Order) -> [String] {
        var sentences = ["order \(order.reference) at \(order.backendCA): \(order.stage.rawValue)"]
        if let detail = order.detail { sentences.append("last: \(detail)") }
        if let reason = order.holdReason {
            sentences.append("held for a person: \(reason); then 'certway order retry \(order.reference)'")
        } else if let next = order.nextActionAt {
            sentences.append("next step not before \(next.ISO8601Format())")
        } else if order.stage == .rejected || order.stage == .failed {
            sentences.append("see 'certway order show \(order.reference)'")
        }
        return sentences
    }
}
