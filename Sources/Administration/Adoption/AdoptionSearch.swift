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

    /// Every certificate that a CA lists for our account and that the ledger does not know; reads only.
    ///
    /// - Returns: also what of the list could not be read, one sentence each.
    /// - Throws: `SettingsError` for a CA that has no list, or does not give out what it has issued; `ConnectorError`.
    func read(_ name: String) async throws -> (found: [FoundCertificate], problems: [String]) {
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
        var (found, problems): ([FoundCertificate], [String]) = ([], [])
        var (progress, read) = (InventoryProgress(), 0)
        while !progress.isAtEnd {
            let page = try await lister.inventory(from: progress.cursor)
            try progress.note(page)
            read += page.entries.count
            let known = try await gateway.ledger.knownCARequests(
                page.entries.map(\.order.caRequestID), backendCA: name)
            let strange = page.entries.filter { !known.contains($0.order.caRequestID) }
            for start in stride(from: 0, to: strange.count, by: Self.width) {
                let looked = await withTaskGroup { group in
                    for entry in strange[start...].prefix(Self.width) {
                        group.addTask { await Self.look(at: entry, reader, csr, name) }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                for result in looked {
                    switch result {
                    case .success(let one?): found.append(one)
                    case .success(nil): break
                    case .failure(let problem): problems.append("\(name): \(problem)")
                    }
                }
            }
            onProgress(name, read)
        }
        return (found, problems)
    }

    private struct Unread: Error, CustomStringConvertible {
        let description: String
    }

    /// The certificate of an entry; nil for one without.
    private static func look(
        at entry: InventoryEntry, _ reader: any OrderPolling, _ csr: CertificateSigningRequest, _ name: String
    ) async -> Result<FoundCertificate?, Unread> {
        let request = CertificateRequest(
            reference: "cw-inventory", product: entry.product ?? "", csr: csr,
            names: RequestedNames(commonName: entry.commonName), purpose: .smime)
        do {
            guard case .issued(let issued) = try await reader.look(at: entry.order, request: request),
                let leaf = issued.certificateChain.first
            else { return .success(nil) }
            return .success(
                FoundCertificate(
                    certificate: leaf, issuers: Array(issued.certificateChain.dropFirst()),
                    source: .authority(name: name, order: issued.order)))
        } catch {
            return .failure(
                Unread(description: "\(entry.order.caRequestID) (\(entry.status)) cannot be read: \(error)"))
        }
    }
}
