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

    /// Who has had a certificate revoked.
    enum Revoker {
        /// The planner, for a departure or an address that moved on: who is entitled again gets another one.
        case planner
        case person
        /// Whoever has it, such as after a device was lost, and needs another one.
        case owner
        /// The CA, without being asked from here.
        case authority
    }

    /// How a finding begins that the CA or the gateway has caused, and no person here.
    static let revokedByCA = "revoked by the CA, asked by nobody here"
    private static let rejected = "rejected by the CA"
    private static let givenUp = "given up"
    private static let lapsed = "cancelled at the CA"
    private static let withdrawn = "planned and withdrawn"
    private static let unused = OrderEnding.Cause.unused.rawValue
    /// Orders in a row that may be planned and taken back before they leave: where two places decide differently on one person, each
    /// pass would plan and withdraw another one, and say nothing.
    private static let mayBeWithdrawn = 3
    /// Orders in a row that may lapse: who has not confirmed twice is asked by a person.
    private static let mayLapse = 2

    let template: TemplateConfiguration
    let now: Date
    /// Of a certificate that was revoked.
    var revoker = Revoker.authority

    static let day: TimeInterval = 86_400
    /// An incident has no days.
    static let hour: TimeInterval = 3600
    /// What is waited for after the first attempt, in seconds; twice as long after each other.
    var unit = day

    /// Whether a reason that `find` has given says that nobody here wanted it so.
    static func isRefusal(_ reason: String) -> Bool {
        [rejected, givenUp, withdrawn, unused].contains { reason.hasPrefix($0) }
    }

    /// - Parameters:
    ///   - names: what an order made now would ask for.
    ///   - standing: the newest order, which is neither open nor active; nil for none.
    func find(_ names: RequestedNames, _ standing: SubscriberStanding?) -> Finding {
        guard let standing else { return .order("") }
        guard let ending = standing.ending else {
            return without(standing)
        }
        let word =
            switch ending.cause {
            case .failed: Self.givenUp
            case .lapsed: Self.lapsed
            case .withdrawn, .cancelled, .rejected, .unused: ending.cause.rawValue
            }
        let what = "order \(standing.reference) was \(word): \(Self.cut(ending.reason, to: 100))"
        switch ending.cause {
        case .withdrawn:
            guard ending.attempts >= Self.mayBeWithdrawn else { return .order(what) }
            let next =
                RepeatSchedule.next(
                    after: min(ending.attempts - Self.mayBeWithdrawn + 1, RepeatSchedule.maximumAttempts - 1),
                    ending: ending.at, unit: Self.hour) ?? now
            guard now < next else { return .order(what) }
            return .waiting(
                "\(Self.withdrawn) \(ending.attempts) times: \(Self.cut(ending.reason, to: 150)); tried again at "
                    + "\(next.ISO8601Format())", until: next)
        case .cancelled: return .ended("\(what); \(again(standing))")
        case .lapsed, .rejected, .failed, .unused:
            guard isSame(names, standing, ending) else { return .order("\(what); another one is asked for now") }
            return again(standing, ending, what)
        }
    }

    /// The same once more, when its time has come. Who has not answered the CA gets one more.
    private func again(_ standing: SubscriberStanding, _ ending: OrderEnding, _ what: String) -> Finding {
        let isLapsed = ending.cause == .lapsed
        let who =
            switch ending.cause {
            case .lapsed: Self.lapsed
            case .rejected: Self.rejected
            case .unused: Self.unused
            case .withdrawn, .cancelled, .failed: Self.givenUp
            }
        var next = RepeatSchedule.next(after: ending.attempts, ending: ending.at, unit: unit)
        if isLapsed { next = ending.attempts < Self.mayLapse ? ending.at + unit : nil }
        guard let next else {
            return .ended(
                "\(who) \(ending.attempts) times: \(Self.cut(ending.reason, to: 100)); \(again(standing))")
        }
        let word = isLapsed ? "ordered again once" : "tried again"
        guard now < next else { return .order("\(what); \(word)") }
        return .waiting(
            "\(who): \(Self.cut(ending.reason, to: 150)); \(word)\(isLapsed ? "," : "") on \(CalendarDay.text(next))",
            until: next)
    }

    private static func cut(_ text: String, to length: Int) -> String {
        text.count > length ? "\(text.prefix(length - 1))…" : text
    }

    /// Of an order that had its certificate.
    private func without(_ standing: SubscriberStanding) -> Finding {
        guard standing.stage == .revoked else {
            return .order("the certificate of order \(standing.reference) has \(standing.stage.rawValue)")
        }
        switch revoker {
        case .planner:
            return .order("entitled again; the certificate of order \(standing.reference) was revoked meanwhile")
        case .owner:
            return .order("the certificate of order \(standing.reference) was revoked, and another one takes its place")
        case .person:
            return .ended("the certificate of order \(standing.reference) was revoked; \(again(standing))")
        case .authority:
            return .ended("\(Self.revokedByCA): order \(standing.reference); \(again(standing))")
        }
    }

    private func again(_ standing: SubscriberStanding) -> String { "'certway order again \(standing.reference)'" }

    private func isSame(_ names: RequestedNames, _ standing: SubscriberStanding, _ ending: OrderEnding) -> Bool {
        template.orders(standing.backendCA, standing.product)
            && RequestedNames(json: ending.names).keysThatDiffer(from: names).isEmpty
            && (try? OrderTerms(json: ending.request)) == OrderTerms(template: template)
    }
}
