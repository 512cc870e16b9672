// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Ledger

extension EnrollmentContext {
    /// How many orders may be at a CA before one of its certificates has led to the accepted roots. Where orders wait for an
    /// approver, the first certificate comes after days, and each order that has left until then may have to be paid and
    /// revoked; several may leave, so that one approver on holiday or one refused person does not keep the others waiting.
    static let unprovenOrders = 5

    /// Whether a certificate of this backend CA has led to the roots that are accepted now. Until then orders leave one by
    /// one, so that wrong roots, or the wrong CA behind a name, cost one certificate and not as many as there are places.
    func hasProvenRoots(_ backendCA: String) async throws -> Bool {
        guard case .ready(let backend)? = backends[backendCA], !backend.acceptedRoots.isEmpty else { return true }
        return try await ledger.proven(.acceptedRoots, of: backendCA)?.string == backend.trustFingerprint
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
        if let cause = sealingKeyFault() { return cause }
        guard case .ready(let backend)? = backends[backendCA],
            let stop = try await SubmissionStop.inForce(at: backend, ledger)
        else { return nil }
        backends.note(
            ConnectorError(.configuration, stop.cause), on: backendCA, pausedUntil: nil, needsPerson: true)
        return stop.cause
    }
}
