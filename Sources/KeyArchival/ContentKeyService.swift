// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX
public import Secrets

/// Opens content keys with a private key that lies elsewhere and stays there, such as in a vault.
public protocol ContentKeyService: Sendable {
    /// What it is, for people and records: the address of the key, with its version.
    var label: String { get }

    /// Opens one content key.
    ///
    /// - Throws: whatever keeps it from that; nothing is lost, and it may be repeated.
    func unwrap(_ wrapped: WrappedContentKey) async throws -> Secret
}
