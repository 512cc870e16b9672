// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// How the password of an imported PFX is encrypted to the connector's key (wire/intune-pfx.md section 2). Intune's own
/// list also has none, pkcs1 and oaepSha1, which it no longer supports and this gateway refuses.
public enum PaddingScheme: String, Sendable, CaseIterable {
    case oaepSha256, oaepSha384, oaepSha512

    /// Reads a configured or received spelling, whatever its case.
    ///
    /// - Returns: nil for a scheme that is unknown or refused; `refusal` tells which.
    public init?(name: String) {
        guard let scheme = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
            return nil
        }
        self = scheme
    }

    /// Why a name is no padding scheme here, for a diagnostic.
    public static func refusal(_ name: String) -> String {
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        return ["none", "pkcs1", "oaepsha1"].contains(name.lowercased())
            ? "padding scheme \(name) is no longer supported by Intune: use one of \(known)"
            : "unknown padding scheme \(name): use one of \(known)"
    }

    /// The hash for label and MGF1.
    var hash: DigestAlgorithm {
        switch self {
        case .oaepSha256: .sha256
        case .oaepSha384: .sha384
        case .oaepSha512: .sha512
        }
    }
}
