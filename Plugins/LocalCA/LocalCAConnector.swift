// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Synchronization
import YAMLDocuments

/// A CA that is a folder: the embedded default, and a real private CA for small sites.
///
/// Every call is safe against a kill at any moment and against a second process on the same folder, and enrolling twice
/// with one reference gives the same certificate (see `CADirectory`).
public final class LocalCAConnector: CertificateAuthorityConnector, ProfileDescribing {
    public static let kind: ConnectorKind = "local-ca"

    let profile: ConnectorProfile
    private let settings: LocalCASettings
    private let current: Mutex<(authority: LocalCAAuthority, stamp: [String])>
    let clock: any ConnectorClock
    public let absenceIsSureAfter: Duration
    /// While nothing is to be maintained.
    struct Rest {
        let stamp: [String]
        let span: ClosedRange<Date>
    }
    let rest = Mutex<Rest?>(nil)
    /// The state when it was last read, and what it was read from.
    let lastState = Mutex<(stamp: [String], state: AuthorityState)?>(nil)

    /// A profile of this kind has no section of its own.
    public static let profileKeys = [
        ProfileKey("environments", "mapping", "None: the CA is on this machine.", example: "{}"),
        ProfileKey(
            "settings", "mapping", "What the administrator gives for a backend CA; the module knows these.",
            example: """

                  directory: {type: file, title: Folder of the CA, help: made by certway ca create}
                  passphrase: {type: secret, title: Passphrase of issuing.key, required: false}
                  crlURL: {type: text, title: Address of the CRL, required: false}
                  issuerURL: {type: text, title: Address of the issuing CA's certificate, required: false}
                  crlHours: {type: integer, title: Hours that a CRL lasts, default: 24}
                  validityDays: {type: integer, title: Days that a certificate lasts, default: 365}
                """),
    ]

    public static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] {
        profile.diagnoseSections(known: profileKeys)
    }

    public init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        self.profile = profile
        clock = services.clock
        absenceIsSureAfter = settings.absenceIsSureAfter ?? .zero
        let read = try LocalCASettings(settings)
        self.settings = read
        // Taken before anything is read: what changes meanwhile is seen next time.
        let stamp = read.directory.stamp
        current = Mutex((try explained { try LocalCAAuthority(read) }, stamp))
        read.directory.sweep(now: clock.now())
    }

    /// The CA as it was when it was last looked at.
    var authority: LocalCAAuthority { current.withLock(\.authority) }

    /// The CA as it is now: a person may have renewed or retired it.
    private func authorityNow() throws -> LocalCAAuthority {
        try current.withLock { current in
            let stamp = settings.directory.stamp
            if stamp != current.stamp { current = (try LocalCAAuthority(settings), stamp) }
            return current.authority
        }
    }

    public func check() async throws -> AccountReport {
        try await perform { authority, now in
            let crl = try authority.crl()
            try authority.directory.requireWriteAccess()
            try authority.requireHealth(at: now)
            return AccountReport(
                account: authority.certificate.subject.description,
                facts: [
                    ("folder", authority.directory.path),
                    ("root", authority.root.subject.description),
                    ("key", try authority.certificate.publicKey.algorithmName),
                    ("valid until", authority.certificate.notAfter.ISO8601Format()),
                    ("issued", String(try authority.directory.names(in: "orders").count)),
                    ("revoked", String(crl.entries.count)),
                    ("CRL number", crl.number.map(String.init) ?? "none"),
                    ("next CRL by", crl.nextUpdate?.ISO8601Format() ?? "none"),
                    ("next root CRL by", authority.rootCRL?.nextUpdate?.ISO8601Format() ?? "none"),
                ], warnings: try authority.warnings(now: now), issuers: [authority.certificate, authority.root])
        }
    }

    public func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        // It becomes a file name.
        guard !request.reference.isEmpty, request.reference.utf8.count <= 64,
            request.reference.utf8.allSatisfy({ "abcdefghijklmnopqrstuvwxyz0123456789-".utf8.contains($0) })
        else { return .rejected(OrderRejection(reason: "a reference is 1 to 64 characters of [a-z0-9-]")) }
        guard let facts = profile.product(request.product) else {
            let known = profile.products.map(\.id).joined(separator: ", ")
            throw ConnectorError(.configuration, "there is no product \(request.product); there are: \(known)")
        }
        let product = LocalCAProduct(facts: facts, usualDays: settings.leafDays)
        if let known = try await perform({ try Self.decided(product, request, $0, $1) }) { return known }
        try await gate.open()
        return try await perform { authority, now in
            do {
                return .issued(
                    try explained { try authority.issue(request, days: product.days(for: request), now: now) })
            } catch let error as ConnectorError {
                // Files may have been written before it; the search tells.
                throw ConnectorError(.outcomeUnknown, error.message, detail: error.detail, ifAbsent: error.kind)
            }
        }
    }

    /// What can be said without issuing: there is the certificate already, or it must not be made.
    private static func decided(
        _ product: LocalCAProduct, _ request: CertificateRequest, _ authority: LocalCAAuthority, _ now: Date
    ) throws -> EnrollmentOutcome? {
        if let chain = try authority.chain(reference: request.reference) { return .issued(chain) }
        let mistakes = product.mistakes(in: request, at: now)
        guard mistakes.isEmpty else { throw ConnectorError(.configuration, mistakes.joined(separator: "; ")) }
        let objections = product.objections(to: request)
        guard objections.isEmpty else { return .rejected(OrderRejection(reason: objections.joined(separator: "; "))) }
        try authority.requireInService(at: now)
        try authority.requirePurpose(of: request)
        do { try authority.rehearse(request, days: product.days(for: request), now: now) } catch let error as PKIXError
            where error.code == .unacceptable
        {
            // A name that no certificate can carry.
            return .rejected(OrderRejection(reason: error.message))
        }
        return nil
    }

    /// Runs `work` off the threads that Swift shares among all tasks, because it waits for the disk.
    func perform<Result: Sendable>(
        _ work: @escaping @Sendable (LocalCAAuthority, Date) throws -> Result
    ) async throws -> Result {
        let now = clock.now()
        return try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Result, any Error>) in
            DispatchQueue.global().async {
                continuation.resume(with: Swift.Result { try explained { try work(self.authorityNow(), now) } })
            }
        }
    }
}

/// Turns what files and cryptography throw into the connector's error.
func explained<Result>(_ work: () throws -> Result) throws -> Result {
    do {
        return try work()
    } catch let failure as FileFailure {
        throw failure.connectorError
    } catch let error as PKIXError {
        throw ConnectorError(.configuration, error.message, detail: error.detail)
    }
}

extension EnrollmentOutcome {
    static func issued(_ chain: [Certificate]) -> EnrollmentOutcome {
        .issued(IssuedCertificate(certificateChain: chain, order: CAOrder(chain[0])))
    }
}

extension CAOrder {
    init(_ certificate: Certificate) { self.init(caRequestID: certificate.serialNumber.hex) }
}
