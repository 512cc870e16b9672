// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PKIX

extension BackendCA {
    /// The accepted root that a certificate and its issuers lead to; nil for none.
    public func acceptedRoot(of leaf: Certificate, among issuers: [Certificate], at now: Date) -> Certificate? {
        // Whether the leaf is valid now does not matter: its path does.
        let moment = min(max(now, leaf.notBefore), leaf.notAfter - 1)
        return try? PathValidator(PathPolicy(trustAnchors: acceptedRoots, at: moment)).path(for: leaf, among: issuers)
            .last
    }

    /// Changes with the set of accepted roots, whatever their order, and with the CA or account that the backend CA stands for:
    /// what was found out about the two of them together holds as long as it is the same.
    public var trustFingerprint: String {
        fingerprint(of: rootsText + "\n" + connection)
    }

    /// The same as versions before this one have stored it: of the roots alone.
    public var formerTrustFingerprint: String { fingerprint(of: rootsText) }

    private var rootsText: String { acceptedRoots.map(\.sha256Fingerprint).sorted().joined(separator: " ") }

    private func fingerprint(of text: String) -> String {
        Data(DigestAlgorithm.sha256.digest(Array(text.utf8))).base64EncodedString()
    }

    /// Where a person mends the roots: key path and file, which counts once it is applied.
    public var acceptedRootsPlace: String {
        "backendCAs.\(name).acceptedRoots" + (acceptedRootsFile.map { " (file \($0), and apply it)" } ?? "")
    }
}
