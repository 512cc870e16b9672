// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Gateway
import Ledger
import PKIX
import Settings

/// Reads certificates from files and from the lists of CAs.
struct AdoptionSearch {
    /// Calls to a CA at a time; its own limits hold all the same.
    private static let width = 4

    let gateway: Gateway
    let onProgress: @Sendable (String, Int) -> Void

    /// Certificates in files, PEM, DER or PKCS #7, each file as a whole: what is no CA's may be adopted, and the CAs lead to the roots.
    ///
    /// - Throws: `SettingsError` with every file that cannot be read or holds no certificate.
    func read(_ files: [InputFile]) throws -> [FoundCertificate] {
        var (found, problems): ([FoundCertificate], [String]) = ([], [])
        for file in files {
            do {
                found += try Self.certificates(Array(file.bytes()), in: file.name)
            } catch let error as SettingsError {
                problems.append(error.message)
            } catch {
                problems.append("\(file.name): \(error)")
            }
        }
        guard problems.isEmpty else { throw SettingsError(problems.joined(separator: "\n"), at: .commandLine) }
        // CAs may lie in files of their own.
        let issuers = found.flatMap(\.issuers)
        return found.map { FoundCertificate(certificate: $0.certificate, issuers: issuers, source: $0.source) }
    }

    /// Certificates that came along with the wish.
    ///
    /// - Throws: `SettingsError` for what is no PEM.
    func read(pem: String) throws -> [FoundCertificate] {
        guard !pem.isEmpty else { return [] }
        do {
            return try Self.certificates(Array(pem.utf8), in: "the request")
        } catch {
            throw SettingsError("certificates: \(error)", at: .commandLine)
        }
    }

    /// Those that are no CA's, each with the CAs that came with it.
    private static func certificates(_ bytes: [UInt8], in name: String) throws -> [FoundCertificate] {
        let text = String(decoding: bytes, as: UTF8.self)
        let all = text.contains("-----BEGIN") ? try Certificate.all(pem: text) : [try Certificate(der: bytes)]
        guard !all.isEmpty else { throw SettingsError("\(name): holds no certificate, expected PEM or DER") }
        let issuers = all.filter(\.isCA)
        return all.filter { !$0.isCA }.map {
            FoundCertificate(certificate: $0, issuers: issuers, source: .file(name))
        }
    }

    /// The list of a CA, and what became of those of its orders that the ledger does not know.
    struct AuthorityList {
        /// The whole list.
        var entries: [InventoryEntry] = []
        var strangers: [(order: CAOrder, sight: Sight)] = []
        /// The orders of the ledger that have left and ended without a certificate, by the CA's id.
        var ended: [String: Order] = [:]
        /// What of it could not be read, one sentence each.
        var problems: [String] = []
    }

    /// What a CA has of an order.
    enum Sight {
        case certificate(FoundCertificate)
        case pending
        /// It was refused there, or cancelled.
        case nothing
    }

    /// Every certificate that a CA lists for our account and that the ledger does not know; reads only.
    ///
    /// - Returns: also what of the list could not be read, and what is open there, one sentence each.
    /// - Throws: `SettingsError` for a CA that has no list, or does not give out what it has issued; `ConnectorError`.
    func read(_ name: String) async throws -> (found: [FoundCertificate], problems: [String]) {
        let list = try await list(name)
        var (found, problems): ([FoundCertificate], [String]) = ([], list.problems)
        for stranger in list.strangers {
            switch stranger.sight {
            case .certificate(let certificate): found.append(certificate)
            case .pending:
                // What it becomes is paid for as well: whoever orders before it has ended buys twice.
                problems.append(
                    "\(name): order \(stranger.order.caRequestID) is open there and was not made here: adopt again once it is "
                        + "issued, or cancel it there, before anything is ordered for its person")
            case .nothing: break
            }
        }
        return (found, problems)
    }

    /// The whole list of a CA; reads only.
    ///
    /// - Throws: as `read`.
    ///
    /// - Parameter seesEnded: whether orders that have ended here without a certificate count as strangers, too.
    func list(_ name: String, seesEnded: Bool = false) async throws -> AuthorityList {
        let backend = try BackendCAAdministration(gateway).ready(name)
        guard let lister = backend.ability((any CertificateInventory).self, .inventory) else {
            throw SettingsError(
                backend.explainMissing(.inventory)
                    + "; export its certificates, and name the files with --certificates",
                at: .commandLine)
        }
        guard let reader = backend.ability((any OrderPolling).self, .poll) else {
            throw SettingsError(
                backend.explainMissing(.poll) + "; export its certificates, and name the files with --certificates",
                at: .commandLine)
        }
        // What answers are read by: nobody has this key, so a CA's answer is taken as it comes.
        let csr = try CertificateSigningRequest.make(
            subject: RequestedNames(commonName: "inventory").distinguishedName, alternativeNames: [],
            securityIdentifier: nil, key: PrivateKey.generate(.p256))
        var result = AuthorityList()
        var progress = InventoryProgress()
        while !progress.isAtEnd {
            let page = try await lister.inventory(from: progress.cursor)
            try progress.note(page)
            result.entries += page.entries
            let known = try await gateway.ledger.knownCARequests(
                page.entries.map(\.order.caRequestID), backendCA: name)
            var strange = page.entries.filter { !known.contains($0.order.caRequestID) }
            if seesEnded {
                let ended = try await gateway.ledger.endedOrders(
                    caRequestIDs: Array(known), backendCA: name)
                result.ended.merge(ended) { $1 }
                // Each costs a call: of what has no certificate there is none to be found.
                strange += page.entries.filter { ended[$0.order.caRequestID] != nil && $0.mayHaveCertificate }
            }
            for start in stride(from: 0, to: strange.count, by: Self.width) {
                let part = Array(strange[start...].prefix(Self.width))
                let looked = await withTaskGroup { group in
                    for (index, entry) in part.enumerated() {
                        group.addTask { (index, await Self.look(at: entry, reader, csr, name)) }
                    }
                    // As the CA lists them, whichever answer comes first.
                    return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
                }
                for (index, sight) in looked {
                    switch sight {
                    case .success(let sight): result.strangers.append((part[index].order, sight))
                    case .failure(let problem): result.problems.append("\(name): \(problem)")
                    }
                }
            }
            onProgress(name, result.entries.count)
        }
        return result
    }

    private struct Unread: Error, CustomStringConvertible {
        let description: String
    }

    private static func look(
        at entry: InventoryEntry, _ reader: any OrderPolling, _ csr: CertificateSigningRequest, _ name: String
    ) async -> Result<Sight, Unread> {
        let request = CertificateRequest(
            reference: "cw-inventory", product: entry.product ?? "", csr: csr,
            names: RequestedNames(commonName: entry.commonName), purpose: .smime)
        do {
            switch try await reader.look(at: entry.order, request: request) {
            case .issued(let issued):
                guard let leaf = issued.certificateChain.first else { return .success(.nothing) }
                return .success(
                    .certificate(
                        FoundCertificate(
                            certificate: leaf, issuers: Array(issued.certificateChain.dropFirst()),
                            source: .authority(name: name, order: issued.order))))
            case .pending: return .success(.pending)
            case .rejected: return .success(.nothing)
            }
        } catch {
            return .failure(
                Unread(description: "\(entry.order.caRequestID) (\(entry.status)) cannot be read: \(error)"))
        }
    }
}

extension InventoryEntry {
    /// Whether the list says that there is one, by whatever word.
    fileprivate var mayHaveCertificate: Bool {
        serialNumber != nil || status.lowercased().contains(/issued|active|valid|complete/)
    }
}
