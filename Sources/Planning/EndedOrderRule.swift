// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Settings
import YAMLDocuments

/// Decides whether another order follows one that has ended without a certificate in use.
struct EndedOrderRule {
    enum Finding {
        /// One sentence, empty when there was none before.
        case order(String)
        case waiting(String, until: Date)
        case ended(String)
    }

    /// How a finding begins that the CA or the gateway has caused, and no person here.
    private static let rejected = "rejected by the CA"
    private static let givenUp = "given up"

    let template: TemplateConfiguration
    let now: Date
    /// Whether a revocation was the planner's own, for a departure or an address that moved on: who is entitled again gets another one.
    var isOwnRevocation = false

    /// Whether a reason that `find` has given says that nobody here wanted it so.
    static func isRefusal(_ reason: String) -> Bool { reason.hasPrefix(rejected) || reason.hasPrefix(givenUp) }

    /// - Parameters:
    ///   - names: what an order made now would ask for.
    ///   - standing: the newest order, which is neither open nor active; nil for none.
    func find(_ names: RequestedNames, _ standing: SubscriberStanding?) -> Finding {
        guard let standing else { return .order("") }
        guard let ending = standing.ending else {
            // Its time is over, or somebody took it back on purpose.
            return standing.stage == .revoked && !isOwnRevocation
                ? .ended("the certificate of order \(standing.reference) was revoked; \(again(standing))")
                : .order("order \(standing.reference) has \(standing.stage.rawValue)")
        }
        let word = ending.cause == .failed ? "given up" : ending.cause.rawValue
        let what = "order \(standing.reference) was \(word): \(ending.reason.prefix(100))"
        switch ending.cause {
        case .withdrawn: return .order(what)
        case .cancelled: return .ended("\(what); \(again(standing))")
        case .rejected, .failed:
            let who = ending.cause == .rejected ? Self.rejected : Self.givenUp
            guard isSame(names, standing, ending) else { return .order("\(what); another one is asked for now") }
            guard let next = RepeatSchedule.next(after: ending.attempts, ending: ending.at) else {
                return .ended("\(who) \(ending.attempts) times: \(ending.reason.prefix(100)); \(again(standing))")
            }
            guard now < next else { return .order("\(what); tried again") }
            return .waiting(
                "\(who): \(ending.reason.prefix(150)); tried again on \(CalendarDay.text(next))", until: next)
        }
    }

    private func again(_ standing: SubscriberStanding) -> String { "'certway order again \(standing.reference)'" }

    private func isSame(_ names: RequestedNames, _ standing: SubscriberStanding, _ ending: OrderEnding) -> Bool {
        standing.backendCA == template.backendCA && standing.product == template.product
            && RequestedNames(json: ending.names) == names
            && (try? OrderTerms(json: ending.request)) == OrderTerms(template: template)
    }
}
