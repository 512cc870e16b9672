// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
public import PKIX
import Secrets

/// Values of a notice that nobody reads in the database, such as a link that works once: sealed until the notice is sent, erased then.
public struct NoticeSecrets: Sendable {
    let values: [String: String]
    let key: SealingKey

    /// - Parameters:
    ///   - values: by the name of the placeholder.
    ///   - key: the gateway's.
    public init(_ values: [String: String], under key: SealingKey) { (self.values, self.key) = (values, key) }

    func sealed(for id: String) throws -> [UInt8] {
        try key.seal(Secret(JSONValue.object(values.mapValues(JSONValue.string)).text), context: Self.context(id))
    }

    /// - Throws: `PKIXError` for another key or changed bytes.
    static func open(_ sealed: [UInt8], of id: String, under key: SealingKey) throws -> [String: String] {
        let text = try key.open(sealed, context: context(id)).revealed
        return (try JSONValue(parsing: text)).object?.compactMapValues(\.string) ?? [:]
    }

    private static func context(_ id: String) -> String { "notice \(id)" }
}
