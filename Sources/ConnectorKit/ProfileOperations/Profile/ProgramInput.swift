// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import PKIX

/// What programs of a profile see beside settings and answers.
public enum ProgramInput {
    /// The members of each object that is always the same, by its path; as `CertificateRequest`, `CAOrder` and
    /// `RevocationRequest` give them.
    public static let members: [String: [String]] = [
        "request": [
            "reference", "product", "names", "subject", "csr", "keyType", "submittedAt", "validityDays", "purpose",
            "options",
        ],
        "request.names": RequestedNames.keys,
        "request.csr": ["pem", "der", "publicKey"],
        "order": ["caRequestID", "identifiers"], "predecessor": ["caRequestID", "identifiers"],
        "revocation": ["reason", "reasonName", "reasonCode", "comment", "issuer", "serialNumber", "certificate"],
    ]

    /// The same in Markdown: a line for each object, with what is not told by the name.
    public static var markdown: String {
        members.sorted { $0.key < $1.key }.map { path, names in
            "  - `.\(path)`: " + names.map { "`\($0)`" }.joined(separator: ", ") + (notes[path] ?? "")
        }.joined(separator: "\n")
    }

    private static let notes = [
        "request":
            " (`keyType` is one of \(KeyType.allCases.map(\.rawValue).joined(separator: ", ")), null for another key)",
        "request.csr": " (PEM, DER in base64, PEM)",
    ]
}
