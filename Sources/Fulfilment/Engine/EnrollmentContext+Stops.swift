// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import JSONDocuments
import Ledger
import PKIX
import Planning

extension EnrollmentContext {
    /// How many orders may be at a CA before one of its certificates has led to the accepted roots. Where orders wait for an
    /// approver, the first certificate comes after days, and each order that has left until then may have to be paid and
    /// revoked; several may leave, so that one approver on holiday or one refused person does not keep the others waiting.
    static let unprovenOrders = 5

    /// Whether a certificate of this backend CA has led to the roots that are accepted now. Until then orders leave one by
    /// one, so that wrong roots, or the wrong CA behind a name, cost one certificate and not as many as there are places.
    ///
    /// A further root takes nothing away, and a certificate that is in the ledger proves as much as one that comes now.
    func hasProvenRoots(_ backendCA: String) async throws -> Bool {
        guard case .ready(let backend)? = backends[backendCA], !backend.acceptedRoots.isEmpty else { return true }
        let proof = RootProof(json: try await ledger.proven(.acceptedRoots, of: backendCA))
        if let proof, proof.holds(for: backend) { return true }
        let missing = RootProof.missing(fingerprint: backend.trustFingerprint)
        if proof == .refuted(connection: backend.connection) || proof == missing { return false }
        var found: Certificate?
        if let newest = try await ledger.newestCertificate(backendCA: backendCA, connection: backend.connection) {
            found = try backend.acceptedRoot(
                of: Certificate(der: newest.der), among: newest.chain.map { try Certificate(der: $0) },
                at: clock.now())
        }
        guard let found else {
            try await ledger.keepProof(.acceptedRoots, of: backendCA, missing.json)
            return false
        }
        try await keepProof(of: found, for: backend)
        return true
    }

    private func keepProof(of root: Certificate, for backend: BackendCA) async throws {
        let reached = RootProof.reached(connection: backend.connection, root: root.sha256Fingerprint)
        try await ledger.keepProof(.acceptedRoots, of: backend.name, reached.json)
    }

    /// A certificate of this backend CA was accepted: what stood against new orders is over.
    func proveRoots(_ backend: BackendCA, by leaf: Certificate, among issuers: [Certificate]) async throws {
        try await ledger.lift(.acceptedRoots, of: backend.name)
        if RootProof(json: try await ledger.proven(.acceptedRoots, of: backend.name))?.holds(for: backend) == true {
            return
        }
        guard let root = backend.acceptedRoot(of: leaf, among: issuers, at: clock.now()) else { return }
        try await keepProof(of: root, for: backend)
    }

    /// Whether new orders wait until the first certificate of this backend CA is accepted; keeps the ledger's note of it, by
    /// which lists and plans say so, in step.
    func waitsForFirstCertificate(_ backendCA: String, isProven: Bool) async throws -> Bool {
        guard !isProven, case .ready(let backend)? = backends[backendCA] else {
            try await ledger.lift(.firstCertificate, of: backendCA)
            return false
        }
        let count = try await ledger.outstandingCount(backendCA: backendCA, connection: backend.connection)
        guard count >= Self.unprovenOrders else {
            try await ledger.lift(.firstCertificate, of: backendCA)
            return false
        }
        if try await ledger.stopped(.firstCertificate, of: backendCA) == nil {
            try await ledger.stop(.firstCertificate, of: backendCA, ["outstanding": JSONValue(count)])
        }
        return true
    }

    /// Why nothing new may be ordered at a backend CA until a person has mended something; nil when nothing stands in the way.
    func submissionStop(at backendCA: String) async throws -> String? {
        if forbidsSubmissions { return "the database may be an older copy: see 'certway restore accept --help'" }
        if let cause = sealingKeyFault() ?? fileFault(backendCA) { return cause }
        if let doubt = restoreDoubt, case .ready(let backend)? = backends[backendCA],
            let cause = doubt.stop(at: backend, among: backends)
        {
            return cause
        }
        guard case .ready(let backend)? = backends[backendCA],
            let content = try await ledger.stopped(.acceptedRoots, of: backendCA)
        else { return nil }
        guard let stop = SubmissionStop(json: content), stop.isInForce(at: backend) else {
            try await ledger.lift(.acceptedRoots, of: backendCA)
            return nil
        }
        // One of an earlier version: from now on it ends with another connection, too.
        if stop.fingerprint != backend.trustFingerprint {
            let renewed = SubmissionStop(cause: stop.cause, fingerprint: backend.trustFingerprint)
            try await ledger.stop(.acceptedRoots, of: backendCA, renewed.json)
        }
        backends.note(
            ConnectorError(.configuration, stop.cause), on: backendCA, pausedUntil: nil, needsPerson: true)
        return stop.cause
    }
}
