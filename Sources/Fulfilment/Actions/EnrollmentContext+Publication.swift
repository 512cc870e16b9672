// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import Ledger
import PKIX

extension EnrollmentContext {
    /// What list and responder say of a certificate.
    func look(
        at leaf: Certificate, _ chain: [Certificate], _ action: CertificateAction
    ) async -> RevocationReader.Finding {
        guard let reader = revocationReader else { return .nowhere }
        var issuers = chain
        if case .ready(let backend)? = backends[action.backendCA] { issuers += backend.acceptedRoots }
        return await reader.look(at: leaf, issuers: issuers, since: action.takenAt ?? clock.now(), now: clock.now())
    }

    /// The certificate on the CA's list; nil while it is not there.
    func sight(
        of leaf: Certificate, _ chain: [Certificate], _ action: CertificateAction
    ) async throws -> RevocationReader.Sight? {
        if case .revoked(let sight) = await look(at: leaf, chain, action) { sight } else { nil }
    }
}
