// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation

/// What `certway-sandbox serve` was told.
struct SandboxOptions: Sendable {
    static let parts = ["tenant"] + CASandboxes.names

    let only: Set<String>
    let users: Int
    let mailboxes: Int
    let includesUnusual: Bool
    let seed: UInt64
    let isHostile: Bool
    let isInstant: Bool
    let validatesEmails: Bool
    let isLimited: Bool
    let servesTenantOverTLS: Bool
    let exitsWithParent: Bool
    /// File that holds the clock, for others who share it.
    let clock: String?
    /// What the clock shows when everything begins.
    let start: Date?

    init(_ invocation: Invocation) throws(UsageError) {
        only = Set(invocation.allValues("only"))
        for name in only.sorted() where !Self.parts.contains(name) {
            throw UsageError(
                "--only: there is no \"\(name)\"; known: \(Self.parts.joined(separator: ", "))", path: invocation.path)
        }
        users = try invocation.int("users", in: 0...1_000_000) ?? 25
        mailboxes = try invocation.int("mailboxes", in: 0...100_000) ?? 0
        seed = UInt64(try invocation.int("seed") ?? 1)
        includesUnusual = invocation.flag("unusual")
        isHostile = invocation.flag("hostile")
        isInstant = invocation.flag("instant")
        validatesEmails = invocation.flag("email-validation")
        isLimited = !invocation.flag("unlimited")
        servesTenantOverTLS = invocation.flag("tls")
        exitsWithParent = invocation.flag("exit-with-parent")
        clock = invocation.value("clock")
        start = try invocation.value("start").map { text throws(UsageError) in
            guard let date = Timestamp.read(text) else {
                throw UsageError(
                    "--start: found \"\(text)\", expected a time such as 2027-01-01T06:00:00Z", path: invocation.path)
            }
            return date
        }
    }

    func includes(_ part: String) -> Bool { only.isEmpty || only.contains(part) }
}
