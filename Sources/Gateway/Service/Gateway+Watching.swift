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
        do { try await lookAtChains() } catch {
            findings.problems.append("by which CA certificates CAs issue cannot be noted: \(error)")
        }
        do { try await letLapse() } catch {
            findings.problems.append("orders that have waited for too long cannot be cancelled: \(error)")
        }
        findings.problems += await unbind(context)
        guard let reader = context.revocationReader else { return findings }
        let watch = RevocationWatch(ledger: ledger, reader: reader)
        do {
            findings += try await watch.lookAtLists { name in
                if case .ready(let backend)? = backends[name] { backend.acceptedRoots } else { [] }
            }
        } catch {
            findings.problems.append("what CAs have revoked cannot be compared: \(error)")
        }
        guard let uploader = context.uploader else { return findings }
        do {
            findings += try await watch.lookAtIntune(
                uploader,
                delivering: Set(configuration.templates.filter { $0.onDeletedInIntune == .reorder }.map(\.name)))
        } catch {
            findings.problems.append("what Intune holds cannot be compared: \(error)")
        }
        return findings
    }

    /// Cancels what has waited at a CA for as long as its template allows; one look-up for each template that says so.
    private func letLapse() async throws {
        for template in configuration.templates {
            guard let most = template.pendingEndsAfter else { continue }
            let date = ledger.clock.now() - most.seconds
            for order in try await ledger.pending(template: template.name, since: date, limit: Self.lapsesPerPass) {
                let sentence =
                    "waited at \(order.backendCA) for \(PendingOrder.Party.words(order.waitingFor)) for more than \(most.text) "
                    + "(pendingEndsAfter of template \(template.name))"
                do {
                    try await ledger.letLapse(order.id, because: sentence)
                    logger.log(.notice, "order \(order.reference) \(sentence): it is cancelled there", fields: [])
                } catch LedgerError.notPossible(_) {
                    // Somebody was faster.
                }
            }
        }
    }

    private static let lapsesPerPass = 500

    /// Takes out of the tenant by what nobody is to sign in any more: of certificates that are over. One look-up where there are none.
    private func unbind(_ context: EnrollmentContext) async -> [String] {
        guard let writer = context.certificateUserIDs else { return [] }
        var (failed, first): (Int, String?) = (0, nil)
        do {
            let ended = try await ledger.endedBindings(limit: Self.bindingsPerPass)
            var removed: [Int64] = []
            for binding in ended {
                do {
                    try await writer.remove(binding.value, from: binding.subscriberID)
                    removed.append(binding.certificateID)
                } catch {
                    failed += 1
                    first = first ?? "\(error)"
                }
            }
            if !removed.isEmpty { try await ledger.noteUnbound(removed) }
        } catch {
            return ["who signs in by certificates that are over cannot be read: \(error)"]
        }
        return first.map {
            [
                "\(Plural(failed, "person is", "people are")) known to Entra ID by a certificate that is over, and certificateUserIds cannot "
                    + "be changed; tried again with the next pass: \($0)"
            ]
        } ?? []
    }

    private static let bindingsPerPass = 500
}
