// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// Something that one person may fetch once, such as a file with a key or the password of one: all of it but the content, which lies
/// sealed in the database until it is fetched or its time is over (docs/decisions/0049).
public struct OneTimePackage: Sendable, Hashable {
    /// What a package is for. Each is a word of the database.
    public enum Purpose: String, Sendable, CaseIterable {
        /// A certificate with its key, for a device that nobody manages.
        case handOver
        /// What opens such a file.
        case handOverPassword
        /// A key out of the archive.
        case recovery
        /// What opens such a file.
        case recoveryPassword
    }

    /// How a package has ended.
    public enum Ending: String, Sendable, CaseIterable {
        case fetched
        case expired
        /// Too many others have come with its link.
        case locked
        /// Taken back by a person, or another one was offered in its place.
        case withdrawn
        /// It was never to be fetched: the file is in the outbox, or was mailed from there.
        case mailed
    }

    public let id: Int64
    public let purpose: Purpose
    /// What it is about, such as `certificate 12`.
    public let about: String
    public let recipient: PackageRecipient
    /// For a sentence: the user principal name, or the name of a token.
    public let recipientName: String
    /// Whether the link alone is not enough: the recipient has to be signed in.
    public let needsRecipient: Bool
    /// Name of the file.
    public let fileName: String
    public let mediaType: String
    /// What the page beside the link tells, such as the kind of device; never a secret.
    public let hints: JSONValue
    public let offeredBy: String
    public let offeredAt: Date
    public let endsAt: Date
    /// How often somebody else has come with its link.
    public let wrongAttempts: Int
    /// With so many it is locked.
    public let mostWrongAttempts: Int
    public let ending: Ending?
    public let endedAt: Date?
    public let endedBy: String?

    /// Whether it can be fetched at a time.
    public func isOpen(at date: Date) -> Bool { ending == nil && date < endsAt }

    /// As it is at a time: one whose end was not written yet has ended nevertheless.
    public func ending(at date: Date) -> Ending? { ending ?? (date < endsAt ? nil : .expired) }

    /// As programs see it.
    public func json(at date: Date) -> JSONValue {
        [
            "id": .string(String(id)), "purpose": .string(purpose.rawValue), "about": .string(about),
            "recipient": .string(recipientName), "fileName": .string(fileName), "hints": hints,
            "offeredBy": .string(offeredBy), "offeredAt": .string(offeredAt.ISO8601Format()),
            "expiresAt": .string(endsAt.ISO8601Format()), "needsSignIn": JSONValue(needsRecipient),
            "state": .string(ending(at: date)?.rawValue ?? "open"), "wrongAttempts": JSONValue(wrongAttempts),
            "endedAt": JSONValue(endedAt?.ISO8601Format()), "endedBy": JSONValue(endedBy),
        ]
    }
}
