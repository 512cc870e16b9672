// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Secrets

/// One file of a mail, such as a certificate with its encrypted key.
public struct MailAttachment: Sendable {
    /// Bytes at most: below what Microsoft Graph takes inside one request (3 MB, wire/graph-directory.md section 10), and far below what mail
    /// servers take after Base64.
    public static let largest = 2 << 20

    /// Letters, digits, dots and dashes, so that no header has to say it in another form.
    public let name: String
    /// Such as `application/x-pkcs12`.
    public let mediaType: String
    public let content: Secret

    /// - Returns: nil for a name or type that cannot stand in a header as it is, and for content that is empty or larger than `largest`.
    public init?(name: String, mediaType: String, content: Secret) {
        guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,99}/) != nil,
            mediaType.wholeMatch(of: /[a-z0-9]+\/[a-z0-9.+-]+/) != nil, (1...Self.largest).contains(content.count)
        else { return nil }
        (self.name, self.mediaType, self.content) = (name, mediaType, content)
    }
}
