// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
public import ConnectorKit
public import Gateway
public import Ledger
import Records

/// The CA's own proof that addresses are the subscriber's.
extension OrderAdministration {
    /// Which addresses of a waiting order have confirmed. One call to the CA; changes nothing.
    ///
    /// - Throws: `LedgerError.notPossible` for an order that does not wait at the CA, or a CA that does not tell;
    ///   `ConnectorError`.
    public func validation(
        _ word: String, _ gateway: Gateway
    ) async throws -> (order: Order, addresses: [AddressValidation]) {
        let (order, placed, reporter) = try await waiting(
            word, gateway, (any ValidationReporting).self, .validationState)
        return (order, try await reporter.validationState(of: placed))
    }

    /// Has the CA write to the addresses again that have not confirmed.
    ///
    /// - Parameter isDryRun: whether to tell only that it could.
    /// - Throws: as `validation`.
    public func resendMail(_ word: String, _ gateway: Gateway, isDryRun: Bool) async throws -> Order {
        try await entrance.pass(.resendMail, to: .mailOrder, try await order(word), isDryRun ? .byTheUseCase : .all) {
            try gateway.requireMailResend(of: try await order(word))
            let (order, placed, resender) = try await waiting(
                word, gateway, (any ValidationResending).self, .resendValidation)
            if isDryRun {
                try await ledger.mailReminders([order.id])[order.id]?.requireRested(
                    at: ledger.clock.now(), order.reference)
                return order
            }
            let asked = try await ledger.noteMail(order.id, by: actor)
            try await resender.resendValidation(of: placed)
            return asked
        }
    }

    private func waiting<Ability>(
        _ word: String, _ gateway: Gateway, _ type: Ability.Type, _ ability: ConnectorAbility
    ) async throws -> (Order, CAOrder, Ability) {
        let order = try await order(word)
        try order.requireWaitingAtCA()
        let id = order.caRequestID ?? ""
        let backend = try gateway.backends.backend(toAskAbout: order)
        guard let able = backend.ability(type, ability) else {
            throw LedgerError.notPossible("\(backend.explainMissing(ability)); look at order \(id) there")
        }
        return (order, CAOrder(caRequestID: id, identifiers: order.caIdentifiers), able)
    }
}
