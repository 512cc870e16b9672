// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// A place in the chain: what a record was when somebody looked. Kept outside of the database, it shows that the chain was cut behind
/// it or made anew.
public struct AuditMark: Sendable, Hashable {
    public let number: Int64
    /// Of that record, hexadecimal.
    public let hash: String

    public init(number: Int64, hash: String) { (self.number, self.hash) = (number, hash) }

    /// - Returns: nil for what is no mark.
    public init?(json: JSONValue) {
        guard let number = json["number"]?.int, number > 0, let hash = json["hash"]?.string,
            hash.wholeMatch(of: /[0-9a-f]{64}/) != nil
        else { return nil }
        self.init(number: Int64(number), hash: hash)
    }

    public var json: JSONValue { ["number": JSONValue(Int(number)), "hash": .string(hash)] }
}
