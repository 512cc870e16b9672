// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import PKIX

extension IssuedCertificate {
    /// Whether it certifies the key of the request; what cannot be read does not.
    func hasKey(of request: CertificateRequest) -> Bool {
        guard let key = try? certificateChain.first?.publicKey else { return false }
        return key == (try? request.csr.publicKey)
    }
}
