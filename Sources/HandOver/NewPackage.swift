// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// A package that is to be offered, without its content.
public struct NewPackage: Sendable {
    public var purpose: OneTimePackage.Purpose
    public var about: String
    public var recipient: PackageRecipient
    public var recipientName: String
    public var offeredBy: String
    /// Seconds until it expires.
    public var lifetime: TimeInterval
    public var fileName: String
    public var mediaType: String
    public var needsRecipient = true
    public var mostWrongAttempts = 5
    public var hints: JSONValue = [:]

    /// - Parameters:
    ///   - about: what it is about, such as `certificate 12`; at most 200 characters.
    ///   - recipientName: for sentences; at most 320 characters.
    ///   - lifetime: seconds until it expires.
    ///   - fileName: at most 200 characters.
    public init(
        _ purpose: OneTimePackage.Purpose, about: String, for recipient: PackageRecipient, named recipientName: String,
        by offeredBy: String, lifetime: TimeInterval, fileName: String, mediaType: String = "application/octet-stream"
    ) {
        (self.purpose, self.about, self.recipient, self.recipientName) = (purpose, about, recipient, recipientName)
        (self.offeredBy, self.lifetime, self.fileName, self.mediaType) = (offeredBy, lifetime, fileName, mediaType)
    }
}
