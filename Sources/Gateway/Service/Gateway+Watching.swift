// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Fulfilment
import Ledger
import PKIX
import Planning
import Settings

extension Gateway {
    /// Notices what CAs and administrators of the tenant did by themselves, once a day; next to nothing at other times.
    func watch(_ context: EnrollmentContext) async -> RevocationWatch.Findings {
        var findings = RevocationWatch.Findings()
        guard let reader = context.revocationReader else { return findings }
        let watch = RevocationWatch(ledger: ledger, reader: reader)
        do {
            findings = try await watch.lookAtLists { name in
                if case .ready(let backend)? = backends[name] { backend.acceptedRoots } else { [] }
            }
        } catch {
            findings.problems.append("what CAs have revoked cannot be compared: \(error)")
        }
        guard let uploader = context.uploader else { return findings }
        do {
            let (found, deleted) = try await watch.lookAtIntune(uploader)
            findings.learnt += found.learnt
            findings.problems += found.problems
            findings.problems += await reorder(deleted)
        } catch {
            findings.problems.append("what Intune holds cannot be compared: \(error)")
        }
        return findings
    }

    /// Orders anew where the template says so; not for more than one pass may order without a person.
    private func reorder(_ deleted: [Order]) async -> [String] {
        let wanted = deleted.filter { configuration.template($0.template)?.onDeletedInIntune == .reorder }
        guard wanted.count <= configuration.limits.ordersPerRun else {
            return [
                "\(wanted.count) certificates were deleted in Intune, more than limits.ordersPerRun: none is ordered anew by itself; "
                    + "'certway certificate withdraw --order-again' does it for those that you name"
            ]
        }
        var problems: [String] = []
        for order in wanted {
            do {
                let made = try await orderAgain(
                    order, by: "the gateway", because: "its certificate was deleted in Intune")
                logger.log(.notice, "order \(made.reference) takes the place of \(order.reference)", fields: [])
            } catch {
                problems.append("\(order.userPrincipalName) gets no new certificate for the deleted one: \(error)")
            }
        }
        return problems
    }
}
