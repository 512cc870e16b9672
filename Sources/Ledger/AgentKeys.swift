// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Store

/// Which keys can open an archived record. The record names who can by issuer and serial number, and a certificate may be made once more
/// with the same ones and another key; this says which key was meant.
///
/// Empty for a record of before this was kept, until it has been opened or was encrypted anew.
public struct AgentKeys: Sendable, Hashable {
    /// Digests of public keys, by a digest of what names them in the record.
    private var digests: [String: String]

    public init(_ digests: [String: String] = [:]) { self.digests = digests }

    public subscript(_ name: String) -> String? { digests[name] }

    public func merging(_ other: AgentKeys) -> AgentKeys {
        AgentKeys(digests.merging(other.digests) { $1 })
    }

    var pairs: [(name: String, key: String)] { digests.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

    /// As the ledger keeps it.
    var json: JSONValue { .object(digests.mapValues(JSONValue.string)) }

    init(_ row: SQLRow) throws {
        let json: JSONValue? = try row["agent_keys"]
        digests = (json?.object ?? [:]).compactMapValues(\.string)
    }
}
