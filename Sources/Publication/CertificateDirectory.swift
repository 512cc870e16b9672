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

    /// What it holds of somebody.
    ///
    /// - Throws: `PublicationError`, `noEntry` where it does not know them; `CancellationError`.
    func read(_ subject: PublicationSubject) async throws -> DirectoryEntry

    /// The certificates in an entry, whoever's it is by now; none where it is gone.
    ///
    /// - Parameter entry: a name that `read` has given once.
    /// - Throws: `PublicationError`.
    func read(entry: String) async throws -> [[UInt8]]

    /// Removes certificates from an entry, and touches no other.
    ///
    /// - Throws: `PublicationError`; the directory may have done it or not.
    func remove(_ old: [[UInt8]], from entry: String) async throws

    /// Adds and removes certificates, and touches no other.
    ///
    /// - Parameter present: what `read` has just given.
    /// - Throws: `PublicationError`; the directory may have taken it or not.
    func write(
        adding new: [[UInt8]], removing old: [[UInt8]], for subject: PublicationSubject, over present: [[UInt8]]
    ) async throws
}

extension CertificateDirectory {
    // Where entries have no names nobody asks for one.
    public func read(entry: String) async throws -> [[UInt8]] { [] }
    public func remove(_ old: [[UInt8]], from entry: String) async throws {}
}
