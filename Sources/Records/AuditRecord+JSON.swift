// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments

extension AuditRecord {
    /// A record out of an export.
    ///
    /// - Returns: nil for what is no record.
    public init?(json: JSONValue) {
        guard let number = json["number"]?.int, let at = json["at"]?.string.flatMap(Self.date),
            let actor = json["actor"]?.string, let actorKind = json["actorKind"]?.string,
            let origin = json["origin"]?.string, let action = json["action"]?.string,
            let objectKind = json["objectKind"]?.string, let object = json["object"]?.string,
            let outcome = json["outcome"]?.string, let reason = json["reason"]?.string,
            let previous = json["previous"]?.string, let hash = json["hash"]?.string
        else { return nil }
        func value(_ name: String) -> JSONValue? {
            guard let value = json[name], !value.isNull else { return nil }
            return value
        }
        self.init(
            number: Int64(number), at: at, actor: actor, actorKind: actorKind, origin: origin,
            node: value("node")?.string, action: action, objectKind: objectKind, objectID: object,
            person: value("person")?.string, before: value("before"), after: value("after"), outcome: outcome,
            reason: reason, previous: previous, hash: hash)
    }

    /// As `moment` writes it.
    private static func date(_ text: String) -> Date? {
        let parts = text.split(separator: ".")
        guard parts.count == 2, let seconds = try? Date("\(parts[0])Z", strategy: .iso8601),
            let milliseconds = Int(parts[1].dropLast()), parts[1].hasSuffix("Z")
        else { return nil }
        return Date(timeIntervalSince1970: (seconds.timeIntervalSince1970 * 1000 + Double(milliseconds)) / 1000)
    }
}
