// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Ledger
import Planning

/// What orders by hand would be, or were.
public struct EnrollReport: Sendable {
    /// What was asked for.
    let wish: EnrollAdministration.Wish
    public let proposals: [EnrollmentProposal]
    /// What stands against every new order, one sentence each.
    public let stops: [String]
    /// What keeps orders from leaving although they are placed.
    public let notes: [String]
    /// Why so many need a word more; nil where they do not.
    let limit: (reason: String, overBudget: MoneySum?)?
    /// The orders that were made; nil while nothing was.
    public internal(set) var made: [Order]?

    init(
        wish: EnrollAdministration.Wish, proposals: [EnrollmentProposal], stops: [String], notes: [String],
        limit: (reason: String, overBudget: MoneySum?)?
    ) {
        (self.wish, self.proposals, self.stops, self.notes, self.limit) = (wish, proposals, stops, notes, limit)
    }

    public var orders: Int { proposals.count { !$0.isRefused } }
    public var cost: MoneySum { proposals.reduce(into: MoneySum()) { $0.add($1.price) } }
    public var refused: [EnrollmentProposal] { proposals.filter(\.isRefused) }

    /// Who was proposed and has got another order meanwhile.
    public var overtaken: [EnrollmentProposal] {
        guard let made else { return [] }
        let people = Set(made.map(\.subscriberID))
        return proposals.filter { !$0.isRefused && !people.contains($0.subscriberID ?? "") }
    }

    /// What has to be said for so many; nil where nothing has to be.
    public var needed: String? { limit.map { "\($0.reason): \(acceptance) says that you mean them" } }

    var acceptance: String {
        "--accept-orders \(orders)" + (limit?.overBudget.map { " --accept-cost '\($0.text)'" } ?? "")
    }

    public var json: JSONValue {
        let people = proposals.map { proposal -> JSONValue in
            let order = made?.first { $0.subscriberID == proposal.subscriberID }
            return [
                "person": .string(proposal.word), "id": JSONValue(proposal.subscriberID),
                "userPrincipalName": .string(proposal.userPrincipalName),
                "outsideGroup": JSONValue(proposal.isOutside), "names": proposal.names.json,
                "price": proposal.price?.json ?? .null, "refusal": JSONValue(proposal.refusal),
                "warning": JSONValue(proposal.warning), "order": JSONValue(order?.reference),
            ]
        }
        return [
            "people": .array(people), "orders": JSONValue(made?.count ?? orders), "cost": cost.json,
            "refused": JSONValue(refused.count), "dryRun": JSONValue(made == nil), "needed": JSONValue(needed),
            "problems": JSONValue(stops + notes),
        ]
    }
}
