// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger

extension EnrollmentContext {
    /// Why nothing new may be ordered at a backend CA until a person has mended something; nil when nothing stands in the way.
    func submissionStop(at backendCA: String) async throws -> String? {
        if forbidsSubmissions { return "the database may be an older copy: see 'certway restore accept --help'" }
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
