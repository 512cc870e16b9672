// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HandOver
import Ledger
import Notification

/// Whether what a notice tells of is still so when it is about to leave: between its posting and its sending lie minutes, or days where a
/// mail server was away. Programs are told nevertheless: to them it is a record of what has happened, in its order.
struct NoticeTruth: Sendable {
    let ledger: OrderLedger
    let packages: OneTimePackages

    /// Why nobody is to be told any more, one sentence; nil for what is so still, or was an occurrence that nothing undoes.
    ///
    /// - Throws: `StoreError`.
    func isOver(_ notice: Notice) async throws -> String? {
        switch notice.event {
        case .handedOver: try await ofPackage(notice)
        case .issued, .renewed, .requestIssued:
            try await ofOrder(notice) { $0.stage == .active ? nil : "the certificate is \($0.stage.rawValue) by now" }
        case .waiting:
            try await ofOrder(notice) {
                $0.stage.isOpen && $0.wait == .subscriber ? nil : "the CA does not wait for the person any more"
            }
        case .failed:
            // Of what was refused or has failed nothing is undone by another order.
            try await ofOrder(notice) { order in
                order.isHeld || [.rejected, .failed].contains(order.stage)
                    ? nil : "the order is not held any more, it is \(order.stage.rawValue)"
            }
        case .expiring, .requestExpiring: try await ofCertificate(notice)
        case .requestReminder: try await ofRequest(notice)
        // What carries a key has a look of its own, at the tenant (`lookAgain`).
        case .handOverFile, .handOverPassword: nil
        case .revoked, .recovered, .incident, .requestDecided, .digest: nil
        }
    }

    private func ofPackage(_ notice: Notice) async throws -> String? {
        guard let number = Self.number(notice, "package "),
            let package = try await packages.look(.number(number))
        else { return nil }
        return package.ending(at: ledger.clock.now()).map { "what was offered is \($0.rawValue) already" }
    }

    private func ofOrder(_ notice: Notice, _ judge: (Order) -> String?) async throws -> String? {
        guard let reference = notice.values["reference"], let order = try await ledger.order(reference: reference)
        else {
            return nil
        }
        return judge(order)
    }

    private func ofCertificate(_ notice: Notice) async throws -> String? {
        guard let number = Self.number(notice, "certificate "), let record = try await ledger.certificate(number)
        else { return nil }
        return record.status == .active ? nil : "the certificate is \(record.status.rawValue) by now"
    }

    private func ofRequest(_ notice: Notice) async throws -> String? {
        guard let reference = notice.values["request"] else { return nil }
        do {
            let state = try await ledger.request(reference).state
            return state == .waiting ? nil : "the request is decided: \(state.rawValue)"
        } catch is LedgerError {
            // There is no such request any more: nobody can look what became of it.
            return nil
        }
    }

    private static func number(_ notice: Notice, _ kind: String) -> Int64? {
        notice.about.hasPrefix(kind) ? Int64(notice.about.dropFirst(kind.count)) : nil
    }
}
