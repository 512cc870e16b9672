// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
public import MailTransport
public import PKIX
import Secrets

/// Values of a notice that nobody reads in the database, such as a link that works once: sealed until the notice is sent, erased then.
public struct NoticeSecrets: Sendable {
    let values: [String: String]
    /// A file that goes with the mail.
    let attachment: MailAttachment?
    let key: SealingKey

    /// - Parameters:
    ///   - values: by the name of the placeholder.
    ///   - attachment: a file that goes with the mail.
    ///   - key: the gateway's.
    public init(_ values: [String: String], attachment: MailAttachment? = nil, under key: SealingKey) {
        (self.values, self.attachment, self.key) = (values, attachment, key)
    }

    func sealed(for id: String) throws -> [UInt8] {
        var members = values.mapValues(JSONValue.string)
        if let attachment {
            members[Self.file] = [
                "name": .string(attachment.name), "mediaType": .string(attachment.mediaType),
                "content": .string(attachment.content.withBytes { Data($0) }.base64EncodedString()),
            ]
        }
        return try key.seal(Secret(JSONValue.object(members).text), context: Self.context(id))
    }

    /// - Throws: `PKIXError` for another key or changed bytes.
    static func open(_ sealed: [UInt8], of id: String, under key: SealingKey) throws -> NoticeSecrets {
        let members = try JSONValue(parsing: try key.open(sealed, context: context(id)).revealed)
        let attachment = members[file].flatMap { own in
            own["content"]?.string.flatMap { Data(base64Encoded: $0) }.flatMap {
                MailAttachment(
                    name: own["name"]?.string ?? "", mediaType: own["mediaType"]?.string ?? "", content: Secret($0))
            }
        }
        return NoticeSecrets(
            members.object?.compactMapValues(\.string) ?? [:], attachment: attachment, under: key)
    }

    /// No placeholder is called so.
    private static let file = "(file)"

    private static func context(_ id: String) -> String { "notice \(id)" }
}
