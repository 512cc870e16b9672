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
    private let check: @Sendable (CAOrder) async throws -> Void

    /// - Parameters:
    ///   - commit: puts on record that the request is about to leave; may be called again when the CA has asked for
    ///     a fresh login before it looked at the request.
    ///   - admit: refuses the id of an order that is another one's already.
    public init(
        _ commit: @escaping @Sendable () async throws -> Void,
        admit: @escaping @Sendable (CAOrder) async throws -> Void = { _ in }
    ) {
        self.commit = commit
        check = admit
    }

    /// Returns once the request may leave.
    ///
    /// - Throws: whatever forbids it, such as an order that was withdrawn meanwhile. The connector passes the error on and
    ///   sends nothing.
    public func open() async throws { try await commit() }

    /// Returns once a further step may be taken for the order that the CA says it has made: an answer that was mixed up on its way
    /// would have names and key written into somebody else's order.
    ///
    /// - Throws: whatever forbids it. The connector passes the error on and takes no further step.
    public func admit(_ order: CAOrder) async throws { try await check(order) }
}
