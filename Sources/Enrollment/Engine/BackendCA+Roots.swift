// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import PKIX

extension BackendCA {
    /// Changes with the set of accepted roots, whatever their order.
    var acceptedRootsFingerprint: String {
        let text = acceptedRoots.map(\.sha256Fingerprint).sorted().joined(separator: " ")
        return Data(DigestAlgorithm.sha256.digest(Array(text.utf8))).base64EncodedString()
    }
}
