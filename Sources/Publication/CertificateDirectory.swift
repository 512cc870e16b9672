// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A directory in which others find certificates. Every call may be repeated.
public protocol CertificateDirectory: Sendable {
    /// As the configuration names it.
    var name: String { get }

    /// Whether it can be reached and signed in to; changes nothing.
    ///
    /// - Returns: what was found, one sentence.
    /// - Throws: `PublicationError`.
    func check() async throws -> String

    /// Every certificate that it holds of somebody, ours or not, each as DER.
    ///
    /// - Throws: `PublicationError`, `noEntry` where it does not know them; `CancellationError`.
    func read(_ subject: PublicationSubject) async throws -> [[UInt8]]

    /// Adds and removes certificates, and touches no other.
    ///
    /// - Parameter present: what `read` has just given.
    /// - Throws: `PublicationError`; the directory may have taken it or not.
    func write(
        adding new: [[UInt8]], removing old: [[UInt8]], for subject: PublicationSubject, over present: [[UInt8]]
    ) async throws
}
