// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Fulfilment
import Ledger
import PKIX
import Planning
import Settings
import Synchronization
import YAMLDocuments

/// Notices when a backend CA issues, or is about to issue, by a CA certificate that nobody has confirmed: devices that do not know it
/// take no message for good.
final class ChainWatch: Sendable {
    private let ledger: OrderLedger
    /// What was found confirmed: nobody takes that back, so it is not asked again for each order.
    private let confirmed = Mutex<Set<String>>([])

    init(_ ledger: OrderLedger) { self.ledger = ledger }

    /// Takes note of CA certificates of a backend CA.
    ///
    /// - Parameter seenIn: where they were seen, in words.
    /// - Returns: those that nobody has confirmed. Costs nothing where all were met before.
    func look(at certificates: [Certificate], of backendCA: String, seenIn: String) async throws -> [SeenIssuer] {
        let now = ledger.clock.now()
        let unknown = certificates.filter { certificate in
            !confirmed.withLock { $0.contains("\(backendCA) \(certificate.sha256Fingerprint)") }
        }
        guard !unknown.isEmpty else { return [] }
        if try await ledger.seenIssuers(of: backendCA).isEmpty {
            // Of before anybody looked.
            var inUse: [SeenIssuer] = []
            for issuer in try await ledger.issuersInUse() where issuer.backendCA == backendCA {
                for der in issuer.example.chain {
                    var seen = SeenIssuer(try Certificate(der: der), at: now, in: "certificates in use")
                    (seen.confirmedAt, seen.confirmedBy) = (now, "in use before")
                    inUse.append(seen)
                }
            }
            _ = try await ledger.see(inUse, of: backendCA)
        }
        let found = try await ledger.see(unknown.map { SeenIssuer($0, at: now, in: seenIn) }, of: backendCA)
        let open = Set(found.map(\.sha256Fingerprint))
        confirmed.withLock { confirmed in
            for certificate in unknown where !open.contains(certificate.sha256Fingerprint) {
                confirmed.insert("\(backendCA) \(certificate.sha256Fingerprint)")
            }
        }
        return found
    }
}

extension SeenIssuer {
    init(_ certificate: Certificate, at now: Date, in place: String) {
        self.init(
            sha256Fingerprint: certificate.sha256Fingerprint, subject: "\(certificate.subject)",
            issuer: "\(certificate.issuer)", notAfter: certificate.notAfter, pem: certificate.pem, seenAt: now,
            seenIn: place)
    }

    /// That nobody has confirmed it, and what to do, in one sentence.
    ///
    /// - Parameter steps: see `steps`.
    func sentence(_ backendCA: String, _ steps: [String]) -> String {
        "backend CA \(backendCA) issues by a CA certificate that nobody has confirmed: \(subject) (SHA-256 \(shortFingerprint)…, to "
            + "\(CalendarDay.text(notAfter))\(isRoot ? ", a root" : ", signed by \(issuer)")), seen in \(seenIn); \(steps.joined(separator: "; "))"
    }

    /// What a person has to do before mail signed below it is trusted, in order; the last one ends the warning.
    ///
    /// - Parameter acceptedRoots: of the backend CA; nil where they cannot be told.
    func steps(_ backendCA: String, acceptedRoots: [Certificate]?) -> [String] {
        var steps: [String] = []
        if isRoot, let acceptedRoots, !acceptedRoots.contains(where: { $0.sha256Fingerprint == sha256Fingerprint }) {
            steps.append("put it into acceptedRoots of the backend CA, else every certificate below it is held")
        }
        return steps + [
            "let devices know it (a trusted certificate profile in Intune)",
            "let Exchange Online know it (the S/MIME certificate collection)",
            "then 'certway ca chain confirm \(backendCA) \(shortFingerprint)'",
        ]
    }

    private var shortFingerprint: String { String(sha256Fingerprint.prefix(16)) }
}

extension Gateway {
    /// CA certificates that nobody has confirmed, of all backend CAs, one sentence each. One look-up for each backend CA.
    public func unconfirmedIssuers() async throws -> [String] {
        var sentences: [String] = []
        for backendCA in configuration.backendCAs.map(\.name) {
            sentences += self.sentences(
                try await ledger.seenIssuers(of: backendCA).filter { $0.confirmedAt == nil }, backendCA)
        }
        return sentences
    }

    /// What is to be done about a CA certificate that nobody has confirmed, in order.
    public func stepsToConfirm(_ issuer: SeenIssuer, of backendCA: String) -> [String] {
        var roots: [Certificate]?
        // Only a root asks for them, and making a backend CA costs something.
        if issuer.isRoot, case .ready(let backend)? = backends[backendCA] { roots = backend.acceptedRoots }
        return issuer.steps(backendCA, acceptedRoots: roots)
    }

    /// Takes note of what a CA says of itself, before anybody gets a certificate of it. A root among the accepted ones was put there by a
    /// person, and stands above no certificate that was seen before: it is no news.
    ///
    /// - Returns: what nobody has confirmed, one sentence each.
    public func lookAtChain(_ certificates: [Certificate], of backendCA: String) async throws -> [String] {
        var news = certificates
        if case .ready(let backend)? = backends[backendCA] {
            news.removeAll { $0.isSelfSigned && backend.acceptedRoots.contains($0) }
        }
        return sentences(
            try await ChainWatch(ledger).look(at: news, of: backendCA, seenIn: "what the CA says of itself"),
            backendCA)
    }

    private func sentences(_ issuers: [SeenIssuer], _ backendCA: String) -> [String] {
        issuers.map { $0.sentence(backendCA, stepsToConfirm($0, of: backendCA)) }
    }

    /// Asks each CA that has issued before by what it issues now, once an hour, so that its next certificate is no surprise. Otherwise one
    /// look-up.
    func lookAtChains() async throws {
        let now = ledger.clock.now()
        let key = "watch.chains"
        let last = try await ledger.state(key)?.number
        guard last.map({ abs(now.timeIntervalSince1970 - $0) >= Self.chainLook }) ?? true else { return }
        try await ledger.setState(key, .number(now.timeIntervalSince1970.rounded()))
        for backendCA in configuration.backendCAs.map(\.name) {
            guard try await !ledger.seenIssuers(of: backendCA).isEmpty,
                case .ready(let backend)? = backends[backendCA],
                // One that does not answer is said where orders meet it.
                let report = try? await backend.connector.check()
            else { continue }
            _ = try await lookAtChain(report.issuers, of: backendCA)
        }
    }

    private static let chainLook = 3600.0

    /// What the stages ask when a certificate has come: new CA certificates above it, as remarks or, where the backend CA says so, as a reason to
    /// wait.
    func newIssuers(_ watch: ChainWatch) -> @Sendable ([Certificate], Order) async throws -> NewIssuers? {
        { [self] issuers, order in
            let found = try await watch.look(
                at: issuers, of: order.backendCA, seenIn: "the certificate of order \(order.reference)")
            guard !found.isEmpty else { return nil }
            return NewIssuers(
                sentence: sentences(found, order.backendCA).joined(separator: "; "),
                isHeld: configuration.backendCA(order.backendCA)?.newIssuer == .hold)
        }
    }
}
