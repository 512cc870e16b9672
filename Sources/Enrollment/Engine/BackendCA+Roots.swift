// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
import PKIX

extension BackendCA {
    /// Changes with the set of accepted roots, whatever their order, and with the CA or account that the backend CA stands for:
    /// what was found out about the two of them together holds as long as it is the same.
    var trustFingerprint: String {
        let text = acceptedRoots.map(\.sha256Fingerprint).sorted().joined(separator: " ") + "\n" + connection
        return Data(DigestAlgorithm.sha256.digest(Array(text.utf8))).base64EncodedString()
    }

    /// Where a person finds the roots: key path and file.
    var acceptedRootsPlace: String {
        "backendCAs.\(name).acceptedRoots" + (acceptedRootsFile.map { " (file \($0))" } ?? "")
    }
}
