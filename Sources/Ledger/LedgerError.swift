// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A rule of the ledger that stands against what was asked. Failures of the database itself are `StoreError`.
public enum LedgerError: Error, Sendable, CustomStringConvertible {
    /// There is an open order for this subscriber and template already.
    case alreadyOpen(Order)
    /// There is an active order that the new one does not say it replaces.
    case alreadyActive(Order)
    /// Another node has claimed the order since; drop the work, it goes on there.
    case leaseLost(reference: String)
    case noSuchOrder(String)
    /// Another node decides on orders now; what this one has in hand of that is dropped.
    case notInCharge
    /// The order is in another stage than the step expects, which was made with what is no longer so.
    case movedOn(Order, from: OrderStage)
    /// Not in this stage; the text says why and what to do instead.
    case notPossible(String)

    public var description: String {
        switch self {
        case .alreadyOpen(let order):
            "\(order.userPrincipalName) has the open order \(order.reference) for template \(order.template) already: "
                + "see certway order show \(order.reference)"
        case .alreadyActive(let order):
            "\(order.userPrincipalName) has an active certificate for template \(order.template) already, "
                + "from order \(order.reference)"
        case .leaseLost(let reference): "order \(reference) is being worked on by another node now"
        case .notInCharge: "another one plans now: this one stood still for too long, or goes by another configuration"
        case .noSuchOrder(let name):
            "there is no order \(name): see 'certway order list'; of a reference, give 4 characters or more after cw-"
        case .movedOn(let order, let stage):
            "order \(order.reference) is \(order.stage.rawValue), no longer \(stage.rawValue): look at it again"
        case .notPossible(let reason): reason
        }
    }
}
