// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Fields of an `application/x-www-form-urlencoded` body.
struct FormFields {
    private var fields: [String: String] = [:]
    /// A field that stands twice (RFC 6749 section 3.2 forbids it); nil if none does.
    private(set) var repeated: String?

    init(_ body: [UInt8]) {
        for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decode(parts[0])
            if fields[name] != nil { repeated = name }
            fields[name] = parts.count > 1 ? Self.decode(parts[1]) : ""
        }
    }

    /// nil for a missing and for an empty field, which mean the same (RFC 6749 section 3.1).
    subscript(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// Everything, for telling whether two requests are the same.
    var fingerprint: String { fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&") }

    static func decode(_ text: some StringProtocol) -> String {
        let blanks = text.replacingOccurrences(of: "+", with: " ")
        return blanks.removingPercentEncoding ?? blanks
    }
}
