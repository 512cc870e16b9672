// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

/// What a profile adds to the certificates the CA sends.
public struct ChainHandling: Sendable {
    /// CA certificates the CA does not send along; used to complete chains.
    public let intermediates: [Certificate]
    /// SHA-256 fingerprints (lower-case hex) of the roots that chains of this CA end in; empty where the profile does
    /// not say. The administrator's accepted roots hold as well.
    public let roots: [String]

    public init(intermediates: [Certificate] = [], roots: [String] = []) {
        self.intermediates = intermediates
        self.roots = roots
    }
}
