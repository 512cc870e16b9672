// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The last moment before a request leaves that may make an order.
///
/// A connector opens the gate after everything that may still fail or wait (login, preparation, rate limit) and right
/// before the creating request goes out; `CAExchange.send` does so for connectors over HTTP. The host commits there that
/// the order may be at the CA from now on. So what ends before the gate is open, by an error, a stop or a crash, has surely
/// not left, and what ends after it is searched for and never ordered again blindly.
public struct SubmissionGate: Sendable {
    private let commit: @Sendable () async throws -> Void

    /// - Parameter commit: puts on record that the request is about to leave; may be called again when the CA has asked for
    ///   a fresh login before it looked at the request.
    public init(_ commit: @escaping @Sendable () async throws -> Void) { self.commit = commit }

    /// Returns once the request may leave.
    ///
    /// - Throws: whatever forbids it, such as an order that was withdrawn meanwhile. The connector passes the error on and
    ///   sends nothing.
    public func open() async throws { try await commit() }
}
