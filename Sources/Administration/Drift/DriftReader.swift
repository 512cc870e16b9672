// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Drift
import Foundation
import Fulfilment
import Gateway
import Ledger
import MicrosoftGraph
import PKIX
import Settings
import Store

/// Reads ledger and world, and compares them. Each place is read by itself: one that fails is not compared, and never taken as empty.
/// Changes nothing but what the mirror of the directory and the plan remember.
struct DriftReader {
    /// Certificates, or people, of one question.
    static let batch = 200
    /// Calls to one service at a time.
    static let width = 4

    let gateway: Gateway
    let onProgress: @Sendable (DriftSource, Int) -> Void

    /// What was found, with what a repair needs beside it.
    struct Sight {
        var findings: [DriftFinding] = []
        var places: [DriftReport.Place] = []
        /// What CAs say of certificates that they have revoked, by number.
        var revoked: [Int64: RevokedCertificate] = [:]

        mutating func add(_ other: Sight) {
            findings += other.findings
            places += other.places
            revoked.merge(other.revoked) { $1 }
        }
    }

    var now: Date { gateway.ledger.clock.now() }

    /// - Throws: `StoreError`, `CancellationError`; what services say is in the places.
    func read(_ sources: Set<DriftSource>) async throws -> Sight {
        // The ledger comes first: what is ordered while the world is read is no stranger there.
        let certificates = try await certificates()
        var sight = Sight()
        for source in DriftSource.allCases where sources.contains(source) {
            try Task.checkCancellation()
            onProgress(source, sight.findings.count)
            switch source {
            case .authority: sight.add(try await authorities(certificates))
            case .revocation: sight.add(try await revocations(certificates))
            case .intune: sight.add(try await intune(certificates))
            case .directory: sight.add(try await directory(certificates))
            case .signIn: sight.add(try await signIn(certificates))
            case .addressLists: sight.add(try await addressLists(certificates))
            case .archive: sight.add(try await archive(certificates))
            }
        }
        return sight
    }

    /// All certificates of the ledger with what is asked of them.
    private func certificates() async throws -> [LedgerCertificate] {
        var all: [LedgerCertificate] = []
        var request = ListRequest(limit: Self.batch)
        while true {
            let page = try await gateway.ledger.certificates(CertificateFilter(), request)
            let orders = try await gateway.ledger.orders(ids: page.items.map(\.orderID))
            let actions = try await gateway.ledger.standingActions(certificateIDs: page.items.map(\.id))
            let compromised = try await gateway.ledger.compromised(among: page.items.map(\.id))
            for record in page.items {
                guard let order = orders[record.orderID] else { continue }
                var certificate = LedgerCertificate(record, order)
                certificate.isCompromised = compromised.contains(record.id)
                for action in actions[record.id] ?? [] where action.kind == .withdraw {
                    certificate.isWithdrawn = true
                    certificate.isTakenOut = action.state == .done
                }
                all.append(certificate)
            }
            guard let next = page.next else { return all }
            request.after = next
        }
    }

    /// One place: what it throws is why it was not compared.
    func place(
        _ source: DriftSource, _ name: String = "", _ body: (inout Sight, inout [String]) async throws -> Void
    ) async throws -> Sight {
        var (sight, gaps): (Sight, [String]) = (Sight(), [])
        do {
            try await body(&sight, &gaps)
            sight.places = [DriftReport.Place(source: source, name: name, reason: nil, gaps: gaps)]
        } catch let error as CancellationError {
            throw error
        } catch let error as StoreError {
            throw error
        } catch let error as NotComparable {
            let place = DriftReport.Place(source: source, name: name, reason: error.reason, isPossible: false)
            sight = Sight(places: [place])
        } catch {
            // What was found before it failed is half a truth.
            sight = Sight(places: [DriftReport.Place(source: source, name: name, reason: Self.sentence(error))])
        }
        return sight
    }

    /// There is nothing to compare with, and nobody is at fault.
    struct NotComparable: Error {
        let reason: String
    }

    private static func sentence(_ error: any Error) -> String {
        switch error {
        case let error as GraphError: error.message
        case let error as SettingsError: error.message
        default: "\(error)"
        }
    }

    /// A sentence for things that could not be read, with the first reason.
    static func gap(_ count: Int, _ what: String, _ reason: String?, many: String? = nil) -> [String] {
        count == 0 ? [] : ["\(Plural(count, what, many)) could not be read: \(reason ?? "no reason was given")"]
    }
}
