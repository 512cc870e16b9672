// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger

extension EnrollmentContext {
    /// Whether a certificate of this backend CA has led to the roots that are accepted now. Until then orders leave one by
    /// one, so that wrong roots, or the wrong CA behind a name, cost one certificate and not as many as there are places.
    func hasProvenRoots(_ backendCA: String) async throws -> Bool {
        guard case .ready(let backend)? = backends[backendCA], !backend.acceptedRoots.isEmpty else { return true }
        return try await ledger.proven(.acceptedRoots, of: backendCA)?.string == backend.acceptedRootsFingerprint
    }

    /// Why nothing new may be ordered at a backend CA until a person has mended something; nil when nothing stands in the way.
    func submissionStop(at backendCA: String) async throws -> String? {
        if forbidsSubmissions { return "the database may be an older copy: see 'certway restore accept --help'" }
        if let cause = sealingKeyFault() { return cause }
        guard let content = try await ledger.stopped(.acceptedRoots, of: backendCA),
            let stop = SubmissionStop(json: content), case .ready(let backend)? = backends[backendCA]
        else { return nil }
        guard stop.fingerprint == backend.acceptedRootsFingerprint else {
            try await ledger.lift(.acceptedRoots, of: backendCA)
            return nil
        }
        backends.note(
            ConnectorError(.configuration, stop.cause), on: backendCA, pausedUntil: nil, needsPerson: true)
        return stop.cause
    }
}
