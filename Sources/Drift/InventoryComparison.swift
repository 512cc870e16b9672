// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Foundation
import Ledger
import PKIX

/// The list of one CA beside the orders of the ledger that were placed there.
public struct InventoryComparison: Sendable {
    /// What the CA has of an order that the ledger does not know.
    public enum Stranger: Sendable {
        /// A certificate, by its fingerprint, with a name for people.
        /// - Parameter sameKey: number of a certificate of the ledger for the same key; nil for none.
        case certificate(
            sha256Fingerprint: String, serialNumber: String, subject: String, sameKey: String? = nil)
        /// It waits there for somebody.
        case pending
    }

    /// An order that has ended here without a certificate.
    public struct EndedOrder: Sendable {
        let reference: String
        let stage: OrderStage
        /// Why it cannot be taken up again; nil where it can.
        let obstacle: String?

        public init(reference: String, stage: OrderStage, obstacle: String?) {
            (self.reference, self.stage, self.obstacle) = (reference, stage, obstacle)
        }

        /// - Parameter id: the CA's.
        func remedy(_ id: String) -> String {
            guard obstacle == nil else { return "revoke it at the CA: \(obstacle ?? "")" }
            let isPlain =
                !id.isEmpty && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.:".contains($0)) }
            return
                "'certway order retry \(reference) --found \(isPlain ? id : "ID")' takes the order up again, with its key; or revoke "
                + "the certificate at the CA"
        }
    }

    private let backendCA: String
    private let entries: [InventoryEntry]
    private let certificates: [LedgerCertificate]
    private let strangers: [String: Stranger]
    private let ended: [String: EndedOrder]
    private let now: Date

    /// - Parameters:
    ///   - entries: the whole list.
    ///   - certificates: all of the ledger, of any CA, read before the list was.
    ///   - strangers: what became of the orders that the ledger did not know after the list was read, by the CA's id; those that were
    ///     refused or cancelled are left out.
    ///   - ended: orders that have ended here without a certificate, by the CA's id.
    public init(
        backendCA: String, entries: [InventoryEntry], certificates: [LedgerCertificate],
        strangers: [String: Stranger], ended: [String: EndedOrder] = [:], now: Date
    ) {
        (self.backendCA, self.entries, self.certificates) = (backendCA, entries, certificates)
        (self.strangers, self.ended, self.now) = (strangers, ended, now)
    }

    public func findings() -> [DriftFinding] { missing() + otherNumbers() + surplus() }

    private var here: [LedgerCertificate] { certificates.filter { $0.backendCA == backendCA } }

    private func missing() -> [DriftFinding] {
        let listed = Set(entries.map(\.order.caRequestID))
        return here.filter { $0.isInUse(at: now) && ($0.caRequestID.map { !listed.contains($0) } ?? false) }.map {
            DriftFinding(.notAtAuthority, place: backendCA, of: $0, detail: "order \($0.caRequestID ?? "")")
        }
    }

    private func otherNumbers() -> [DriftFinding] {
        let known = Dictionary(grouping: here) { $0.caRequestID ?? "" }
        return entries.compactMap { entry in
            guard let typed = entry.serialNumber, let number = SerialNumber(typed: typed)?.hex,
                let own = known[entry.order.caRequestID], let newest = own.max(by: { $0.id < $1.id }),
                newest.isInUse(at: now), !own.contains(where: { $0.serialNumber == number })
            else { return nil }
            return DriftFinding(
                .serialNumberDiffers, place: backendCA, of: newest,
                detail: "order \(entry.order.caRequestID) has \(number) there")
        }
    }

    private func surplus() -> [DriftFinding] {
        let known = Set(certificates.map(\.sha256Fingerprint))
        return strangers.sorted { $0.key < $1.key }.compactMap { id, stranger in
            switch stranger {
            case .pending:
                var finding = DriftFinding(.orderOfNobody, place: backendCA, subject: id, detail: "order \(id)")
                finding.ownCause = ended[id].map {
                    "order \($0.reference) has ended here as \($0.stage.rawValue), and the CA has it still"
                }
                return finding
            case .certificate(let fingerprint, let number, let subject, let twin):
                guard !known.contains(fingerprint) else { return nil }
                var finding = DriftFinding(
                    ended[id] == nil ? .unknownAtAuthority : .issuedAfterEnd, place: backendCA, subject: fingerprint,
                    detail: "order \(id), \(subject)")
                finding.serialNumber = number
                // Nobody else has the key, and a key is in one order.
                finding.ownCause = twin.map {
                    "an order of the gateway has reached the CA twice, as where a proxy sends it again: it is for the key of certificate \($0)"
                }
                if let order = ended[id] {
                    finding.ownCause =
                        "order \(order.reference) has ended here as \(order.stage.rawValue), and the CA has issued for it all the same"
                    finding.ownRemedy = order.remedy(id)
                }
                return finding
            }
        }
    }
}
