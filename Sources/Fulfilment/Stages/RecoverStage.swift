// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Ledger

/// submitted, answer unknown → searches the CA by our reference: found, adopt; surely absent, what the answer then means;
/// else hold.
struct RecoverStage: EnrollmentStage {
    let context: EnrollmentContext

    func perform(_ claim: Claim, _ order: Order) async throws -> Order {
        let backend = try context.callableBackend(for: order)
        if order.caOrder != nil, backend.ability((any OrderPolling).self, .poll) != nil {
            // The answer is known; what the gateway wanted to do with it failed.
            return try await PollStage(context: context).perform(claim, order)
        }
        guard let finder = backend.ability((any OrderFinding).self, .findByReference) else {
            return try await decideWithoutSearch(claim, order, backend)
        }
        if finder.repeatsTheOrder, case .nobody(let reason)? = try await context.recipient?(order) {
            return try await context.hold(
                claim, order,
                because(order) + "whether the CA has the order shows only when it comes once more, and \(reason); "
                    + advice(order, backend))
        }
        let request = try await context.request(for: order)
        // Before the search: what reaches the CA while it is asked would be missed by a time taken afterwards.
        let left = try await remaining(order, settle: finder.absenceIsSureAfter)
        // The CA's own words may be about a second copy of the request, which somebody on the way has sent: the first one shows a
        // little later. What the order waits for stays what it is.
        if let left, isProven(order) { return try await wait(claim, order, left) }
        switch try await search(finder, request, order) {
        case .found(let outcome):
            try await forget(order)
            return try await OutcomeRecorder(context: context).record(
                outcome, claim, order, request, how: "found at the CA by reference \(order.reference)")
        case .undecidable(let reason):
            return try await context.hold(
                claim, order,
                because(order) + "it cannot be told whether the CA has the order: \(reason); \(advice(order, backend))")
        case .absent:
            // Absence proves nothing while the CA may still be working on a request it had received.
            if let left { return try await wait(claim, order, left, undecided(order)) }
            if let other = context.otherSignIn(backend, than: order) {
                return try await holdUnproven(claim, order, backend, other.sentence)
            }
            let decided = try await decideAbsent(claim, order)
            try await forget(order)
            return decided
        }
    }

    /// Asks the CA. Where it has refused the order itself, only a certificate speaks against that: what a search cannot tell
    /// leaves the CA's word.
    private func search(_ finder: any OrderFinding, _ request: CertificateRequest, _ order: Order) async throws
        -> OrderSearchResult
    {
        do {
            let result = try await OutcomeRecorder.askingTwice(\OrderSearchResult.outcome) { _ in
                try await finder.find(request)
            }
            if case .undecidable = result, isRefused(order) { return .absent }
            return result
        } catch let error as ConnectorError
            where isRefused(order) && [.refused, .authentication, .configuration].contains(error.kind)
        {
            return .absent
        }
    }

    /// Looks again later.
    ///
    /// - Parameter sentence: what is said meanwhile, with the moment of the next look; left out: what was said before.
    private func wait(
        _ claim: Claim, _ order: Order, _ left: Duration, _ sentence: ((String) -> String)? = nil
    ) async throws -> Order {
        let next = context.clock.now().addingTimeInterval(left.seconds)
        let said = sentence?(next.ISO8601Format()) ?? order.detail ?? ""
        let isOldNews = sentence == nil || order.detail?.withoutPassingDetails == said.withoutPassingDetails
        let change = OrderChange("searched", said).unless(isOldNews).nextAction(at: next)
        return try await context.record(claim, order, sentence == nil ? change.sameFailure() : change)
    }

    private func undecided(_ order: Order) -> (String) -> String {
        { "\(because(order))not found at the CA, which may be working on it still: the search at \($0) decides" }
    }

    /// Submissions whose answers the profile does not read; then a person looks whether the CA has them.
    private static let mostUnreadable = 2
    /// In the data of `absent`: the answer was one that the profile does not read.
    private static let isUnread = "unread"

    /// How long what was sent twice takes to show: servers on the way give up on one another within a minute.
    private static let secondCopy = Duration.seconds(60)

    /// The CA surely does not have the order. A lost answer was no answer: the order is placed again, later and later. An
    /// unclear one was what it looked like.
    private func decideAbsent(_ claim: Claim, _ order: Order) async throws -> Order {
        let kind = order.doubtKind.flatMap(ConnectorError.Kind.init)
        let answer = order.doubt ?? ""
        // Of all submissions, lost and refused ones among them, those whose answers nobody could read.
        let unread =
            kind == .configuration
            ? try await context.ledger.events(order.id).count { $0.data[Self.isUnread] == true } + 1 : 0
        switch kind {
        case .refused?:
            let reason = isProven(order) ? answer : "\(answer); a search shows that the CA does not have the order"
            return try await OutcomeRecorder(context: context).reject(OrderRejection(reason: reason), claim, order)
        case .some where isProven(order):
            // The pause is over when this looks.
            return try await context.record(
                claim, order,
                OrderChange("absent", order.detail ?? answer).unless(true).stage(.keyed).withoutCAOrder().sameFailure())
        case .configuration? where unread >= Self.mostUnreadable:
            // The same profile reads the answer and the list: where the one is wrong, the other may be.
            return try await context.hold(
                claim, order,
                "\(Plural(unread, "submission")) were answered in a way that the connector profile does not read (\(answer)), and by the "
                    + "same profile the CA has none of them: look for \(order.reference) there, and mend the profile; if it is not there: "
                    + "'certway order retry \(order.reference) --absent' submits it again; if it is: 'certway order retry "
                    + "\(order.reference) --found ID'")
        case .authentication?, .configuration?:
            let error = ConnectorError(kind ?? .configuration, answer)
            context.note(error, on: order.backendCA)
            let delay = RetrySchedule.delay(after: error, failures: order.attempt - 1)
            return try await context.record(
                claim, order,
                OrderChange("absent", answer, data: kind == .configuration ? [Self.isUnread: true] : [:])
                    .stage(.keyed).withoutCAOrder()
                    .failure(error.kind.rawValue, nextAction: context.clock.now().addingTimeInterval(delay.seconds)))
        case .transient?, .throttled?, .outcomeUnknown?, nil:
            // At once after the first time: an answer is lost now and then. One that is lost every time is a CA in trouble.
            let delay = order.attempt < 2 ? .zero : RetrySchedule.delay(attempts: order.attempt)
            return try await context.record(
                claim, order,
                OrderChange("absent", "the CA does not have the order; it is submitted again").stage(.keyed)
                    .withoutCAOrder().nextAction(
                        at: delay == .zero ? nil : context.clock.now().addingTimeInterval(delay.seconds)))
        }
    }

    /// A CA that cannot be searched: a person decides, unless the administrator has said that a second certificate does no
    /// harm there.
    private func decideWithoutSearch(_ claim: Claim, _ order: Order, _ backend: BackendCA) async throws -> Order {
        let isRepeated = try await context.ledger.events(order.id).contains { $0.kind == "repeated" }
        let isLost = order.doubtKind == nil
        if isLost, !isRepeated, !order.cancelRequested,
            let pause = (backend.connector as? any LostOrderRepeating)?.repeatsLostOrdersAfter
        {
            if let left = try await remaining(order, settle: pause) {
                return try await wait(claim, order, left) { _ in
                    "the answer is lost; the order is placed again \(pause.seconds) s after the call"
                }
            }
            if let other = context.otherSignIn(backend, than: order) {
                return try await holdUnproven(claim, order, backend, other.sentence)
            }
            try await forget(order)
            return try await context.record(
                claim, order,
                OrderChange(
                    "repeated", "the answer is lost and a second certificate does no harm; the order is placed again"
                )
                .stage(.keyed).withoutCAOrder())
        }
        return try await context.hold(
            claim, order, because(order) + "\(backend.explainMissing(.findByReference)); \(advice(order, backend))")
    }

    /// The account that was asked, or would be asked for a second certificate, may be another one than the order left for.
    private func holdUnproven(
        _ claim: Claim, _ order: Order, _ backend: BackendCA, _ difference: String
    ) async throws -> Order {
        try await context.hold(
            claim, order,
            because(order)
                + "\(difference), and the list of another account proves nothing: put back what it signed in with and "
                + "'certway order retry \(order.reference)', or "
                + advice(order, backend))
    }

    private func isProven(_ order: Order) -> Bool {
        context.memory.absences.isProven(orderID: order.id, attempt: order.attempt)
    }

    /// Whether the CA has refused the order in words of its protocol or profile.
    private func isRefused(_ order: Order) -> Bool {
        isProven(order) && order.doubtKind == ConnectorError.Kind.refused.rawValue
    }

    /// How much longer absence proves nothing; the first look is kept in the ledger, and counts there for the next process.
    private func remaining(_ order: Order, settle: Duration) async throws -> Duration? {
        let (absences, uptime) = (context.memory.absences, context.clock.uptime())
        if !absences.knows(orderID: order.id, attempt: order.attempt) {
            let name = AbsenceWatch.stateName(orderID: order.id)
            let note = try await context.ledger.state(name)
            if !absences.resume(note, orderID: order.id, attempt: order.attempt, at: uptime) {
                try await context.ledger.setState(name, absences.note(attempt: order.attempt, at: uptime))
            }
        }
        // A refusal ends the order, and its key is kept; whatever else the CA said, the order is placed again.
        let needed = isRefused(order) ? .zero : isProven(order) ? min(settle, Self.secondCopy) : settle
        return absences.remaining(orderID: order.id, attempt: order.attempt, at: uptime, settle: needed)
    }

    /// The order is no longer in doubt.
    private func forget(_ order: Order) async throws {
        context.memory.absences.forget(orderID: order.id)
        try await context.ledger.setState(AbsenceWatch.stateName(orderID: order.id), nil)
    }

    /// What happened first, then what follows from it.
    private func because(_ order: Order) -> String { order.doubt.map { "\($0); " } ?? "" }

    /// What the person does who is left with the question.
    private func advice(_ order: Order, _ backend: BackendCA) -> String {
        let retry = "'certway order retry \(order.reference)"
        let ifFound =
            backend.ability((any OrderPolling).self, .poll) == nil
            ? "revoke it there and 'certway order cancel \(order.reference) --absent'"
            : "\(retry) --found ID' with the id it has there; where that cannot be compared: revoke it there and "
                + "'certway order cancel \(order.reference) --absent'"
        return "look for \(order.reference) at the CA; if it is not there: \(retry) --absent'; if it is: \(ifFound)"
    }
}
