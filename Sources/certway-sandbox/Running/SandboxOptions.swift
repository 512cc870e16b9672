// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface

/// What `certway-sandbox serve` was told.
struct SandboxOptions: Sendable {
    static let parts = ["tenant"] + CASandboxes.names

    let only: Set<String>
    let users: Int
    let includesUnusual: Bool
    let seed: UInt64
    let isHostile: Bool
    let isInstant: Bool
    let validatesEmails: Bool
    let isLimited: Bool
    let servesTenantOverTLS: Bool
    let exitsWithParent: Bool

    init(_ invocation: Invocation) throws(UsageError) {
        only = Set(invocation.allValues("only"))
        for name in only.sorted() where !Self.parts.contains(name) {
            throw UsageError(
                "--only: there is no \"\(name)\"; known: \(Self.parts.joined(separator: ", "))", path: invocation.path)
        }
        users = try invocation.int("users", in: 0...1_000_000) ?? 25
        seed = UInt64(try invocation.int("seed") ?? 1)
        includesUnusual = invocation.flag("unusual")
        isHostile = invocation.flag("hostile")
        isInstant = invocation.flag("instant")
        validatesEmails = invocation.flag("email-validation")
        isLimited = !invocation.flag("unlimited")
        servesTenantOverTLS = invocation.flag("tls")
        exitsWithParent = invocation.flag("exit-with-parent")
    }

    func includes(_ part: String) -> Bool { only.isEmpty || only.contains(part) }
}
