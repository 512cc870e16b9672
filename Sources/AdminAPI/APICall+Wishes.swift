// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Foundation
import JSONDocuments
import Ledger

/// What bodies of changes have in common.
extension APICall {
    /// Why somebody wants it, in one line.
    ///
    /// - Throws: `APIProblem` 422 for one that has only spaces.
    func sentence(_ name: String = "because") throws -> String {
        let words = (body?[name]?.string ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !words.isEmpty else {
            throw APIProblem.invalid(
                [APIFault("/\(name)", "is empty: say why, for whoever reads the record")], 422)
        }
        return words
    }

    /// A time of the body.
    func bodyMoment(_ name: String) -> Date? {
        body?[name]?.string.flatMap { APITextForm.time.date($0) ?? APITextForm.day.date($0) }
    }

    func bodyFlag(_ name: String) -> Bool { body?[name]?.bool ?? false }
    func bodyInt(_ name: String) -> Int? { body?[name]?.int }

    var revocationReason: RevocationReason {
        (body?["reason"]?.string).flatMap { RevocationReason(name: $0) } ?? .unspecified
    }
}

extension APIField {
    /// Why, for the record.
    static let because = APIField("because", .text(length: 1...500), "why, for the record; CAs may be told")
    static let revocationReason = APIField(
        "reason", .word(RevocationReason.allCases.filter { $0 != .removeFromCRL }.map(\.name)),
        "by RFC 5280; unspecified when left out", optional: true)
    static let isDryRun = APIField("dryRun", .boolean, "whether nothing was done")
    /// What can be done with an object.
    static let actions = APIField("actions", .list(.action), "what the caller can do with it now, and why not")
}

extension APISchema {
    static let action = APISchema.named(
        "Action",
        .answer(
            APIField("name", .string), APIField("allowed", .boolean),
            APIField("reason", .nullable(.string), "why it cannot be done now; a call is refused by the same sentence"),
            APIField("instead", .nullable(.string), "how it can be done all the same")))

    /// A day or a time.
    static let moment = APISchema.oneOf([.time, .formatted(.day)])
}
