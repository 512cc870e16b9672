// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Enrollment
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Settings

/// `certway why USER`: why this person has, or has not, a certificate, and what happens next.
enum WhyCommand {
    static let command = Command(
        "why", "why a person has, or has not, a certificate, and what happens next",
        arguments: [Argument("USER", "user principal name, mail address or object id")],
        examples: [("certway why ada@example.org", "where is Ada's certificate?")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let word = invocation.requiredWord("USER")
        guard let person = try await gateway.mirror.person(matching: word) else {
            Terminal.print(
                "\(word) is not known to the gateway: no enrollment group has had this person as a member when the "
                    + "directory was last read ('certway plan' reads it now)")
            return .failed
        }
        let decisions = try await gateway.planner.decisions.decisions(subscriberID: person.id)
        var answers: [(template: String, sentences: [String])] = []
        for template in gateway.configuration.templates {
            let decision = decisions.first { $0.template == template.name }
            let standing = try await gateway.ledger.standings(template: template.name, subscriberIDs: [person.id])
            var sentences = [Self.sentence(decision, template)]
            if let order = try await standing[person.id].asyncMap({ try await gateway.ledger.order($0.orderID) }) {
                sentences += Self.sentences(order)
            }
            answers.append((template.name, sentences))
        }
        if invocation.wantsJSON {
            let value: JSONValue = [
                "userPrincipalName": .string(person.userPrincipalName), "id": .string(person.id),
                "templates": .array(
                    answers.map { ["template": .string($0.template), "why": JSONValue($0.sentences)] }),
            ]
            Terminal.print(value.prettyText)
            return .done
        }
        Terminal.print("\(person.displayName ?? "") <\(person.userPrincipalName)>")
        Terminal.print("addresses: \(person.smtpAddresses.joined(separator: ", "))")
        for answer in answers {
            Terminal.print("\n\(answer.template):")
            for sentence in answer.sentences { Terminal.print("  \(sentence)") }
        }
        return .done
    }

    private static func sentence(_ decision: EnrollmentDecision?, _ template: TemplateConfiguration) -> String {
        switch decision?.verdict {
        case nil: "not a member of group \(template.group) when the directory was last read"
        case .order?: "a certificate is to be ordered; the next pass does it"
        case .covered?: "the group says yes, and an order was made"
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
            sentences.append("nothing happens by itself; see 'certway order show \(order.reference)'")
        }
        return sentences
    }
}

extension Optional {
    /// `map` for a closure that waits.
    func asyncMap<Result>(_ transform: (Wrapped) async throws -> Result?) async rethrows -> Result? {
        guard let value = self else { return nil }
        return try await transform(value)
    }
}
