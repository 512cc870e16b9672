// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch

/// Files under a password: the key that opens them is derived in hundreds of thousands of rounds (RFC 8018), which takes tenths of a
/// second. That is done on one thread of its own, one file after another, so that however many people fetch theirs at once, the threads
/// that answer everybody else stay free.
public enum PasswordWork {
    private static let queue = DispatchQueue(label: "password-work", qos: .utility)

    /// - Parameter body: pure computing; whoever cancels waits for it all the same.
    /// - Throws: what `body` throws.
    public static func run<Output: Sendable>(_ body: @escaping @Sendable () throws -> Output) async throws -> Output {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
