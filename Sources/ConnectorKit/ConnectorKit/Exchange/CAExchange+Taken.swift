// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport

extension CAExchange {
    /// What to say of an order that the CA has taken when a later step failed: the order is there, and so is the cause.
    ///
    /// - Parameters:
    ///   - order: as far as the CA has told its ids.
    ///   - step: what has not been done, in words.
    ///   - retryAfter: when to ask again, where the cause does not tell.
    /// - Returns: `pending`, with the cause in `detail`; the next poll goes on where this ended.
    /// - Throws: `outcomeUnknown` with the CA's id where the profile has no way to ask again, so that a person looks there.
    public func taken(
        _ order: CAOrder, _ error: any Error, step: String = "the next step failed", retryAfter: Duration? = nil
    ) throws(ConnectorError) -> EnrollmentOutcome {
        let failure = error as? ConnectorError
        let cause = SafeText.sentence(
            mask.masking(failure?.message ?? (error is CancellationError ? "it was stopped" : "\(error)")))
        services.logger.log(
            .notice, "the CA has taken the order; \(step)",
            fields: [("caRequestID", order.caRequestID), ("cause", cause), ("detail", failure?.detail ?? "")])
        guard canPoll else {
            throw ConnectorError(
                .outcomeUnknown,
                "\(cause); so \(step), the CA has taken the order as \(SafeText.sentence(order.caRequestID)), and it cannot "
                    + "be asked for it again: look there", detail: failure?.detail)
        }
        // What nobody but an operator can mend must not look as if the CA were at work.
        let needsOperator = [.authentication, .configuration, .refused].contains(failure?.kind)
        return .pending(
            PendingOrder(
                order: order, waitingFor: needsOperator ? .operator : .certificateAuthority,
                retryAfter: failure?.retryAfter ?? retryAfter,
                detail: "\(cause); so \(step), and the CA has taken the order"))
    }
}
