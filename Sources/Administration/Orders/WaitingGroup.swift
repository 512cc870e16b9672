// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
public import Ledger

/// Open orders that wait for the same, as a person reads them: what it is, who acts, and what happens by itself.
public struct WaitingGroup: Sendable {
    public let wait: OrderWait
    public let count: Int
    /// Since when the first of them has been under way; nil for none.
    public let oldest: Date?
    /// When the first of them is taken up again; nil for at once, or not by itself.
    public let nextAt: Date?
    /// The oldest of them, as many as were asked for.
    public var orders: [WaitingOrder]
    /// What a plan would order and a limit keeps, one sentence each; of the group `limit` alone.
    public internal(set) var plans: [String] = []

    /// A heading.
    public var title: String {
        switch wait {
        case .subscriber: "People"
        case .certificateAuthority: "CA"
        case .approver: "Approver at CA"
        case .operator: "Operator"
        case .inDoubt: "In doubt"
        case .limit: "Limit"
        case .failed: "Failed"
        case .gateway: "Gateway"
        }
    }

    /// What they wait for.
    public var waitsFor: String {
        switch wait {
        case .subscriber: "the CA waits until the person confirms to it that the address is theirs"
        case .certificateAuthority: "the CA has the order and works on it"
        case .approver: "somebody has to approve the order at the CA"
        case .operator: "a person has to decide, here or at the CA: the reason stands with each order"
        case .inDoubt: "the CA did not answer after the order was sent, or cannot be asked about it: it may have issued"
        case .limit: "as many orders as may leave before somebody has looked have left, or a plan is over its limit"
        case .failed: "the last step did not succeed"
        case .gateway: "nothing stands in the way"
        }
    }

    /// Who has to act, and by which command.
    public var whoActs: String {
        switch wait {
        case .subscriber:
            "each person, by the CA's mail; 'certway order remind' has the CA write again, 'certway order waiting --for subscriber --ask' "
                + "says which address has not confirmed"
        case .certificateAuthority: "the CA"
        case .approver: "an approver at the CA: 'certway order show ORDER' has the CA's id"
        case .operator: "an operator: mend the cause, then 'certway order retry ORDER', or 'certway order cancel ORDER'"
        case .inDoubt:
            "where an order is held, you: look for it at the CA, then 'certway order retry ORDER --found ID', or '--absent'; nobody else"
        case .limit: "for an order nobody; for a plan you: 'certway plan' shows what waits for 'certway plan approve'"
        case .failed:
            "the integrator where the reason says that a rule of a profile is missing, an operator where it says configuration or authentication, nobody else; "
                + "'certway order retry --delayed' does not wait for the next try"
        case .gateway: "nobody"
        }
    }

    /// What happens by itself, and when.
    public var byItself: String {
        let next = nextAt.map { "; next on \($0.ISO8601Format())" } ?? ""
        return switch wait {
        case .subscriber, .approver, .certificateAuthority:
            "the CA is asked at least once an hour and the order goes on\(next); one that has ended there is ordered again once, after a day"
        case .operator: "nothing"
        case .inDoubt: "what is not held is searched for at the CA\(next); nothing is ordered again before that"
        case .limit: "what waits for the first certificate of its CA leaves once that is accepted; a plan waits"
        case .failed: "the step is tried again\(next)"
        case .gateway: "the service, or the next 'certway run', takes them up\(next)"
        }
    }

    public var json: JSONValue {
        var value = summary
        value["orders"] = .array(orders.map(\.json))
        return value
    }

    /// Without the orders.
    public var summary: JSONValue {
        [
            "waitingFor": .string(wait.rawValue), "title": .string(title), "count": JSONValue(count),
            "oldestAt": JSONValue(oldest?.ISO8601Format()), "nextAt": JSONValue(nextAt?.ISO8601Format()),
            "waitsFor": .string(waitsFor), "whoActs": .string(whoActs), "byItself": .string(byItself),
            "plans": JSONValue(plans),
        ]
    }
}
