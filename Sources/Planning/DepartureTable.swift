// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// Since when people with a certificate have been away, by template: from then on the grace counts. It outlives the verdicts, which are
/// made anew whenever a template changes.
struct DepartureTable {
    let template: String
    let connection: any SQLConnection

    /// When the absence of these people was noticed; who is not away is left out.
    func noticed(_ subscribers: [String]) throws -> [String: Date] {
        var noticed: [String: Date] = [:]
        for list in SQLValueList.lists(subscribers) {
            try connection.forEachRow(
                "SELECT subscriber_id, noticed_at FROM departures WHERE template = ? AND subscriber_id IN (\(list.places))",
                [.text(template)] + list.parameters
            ) { noticed[try $0[0]] = try $0[1] }
        }
        return noticed
    }

    /// Notes who is away and who has come back.
    ///
    /// - Parameters:
    ///   - away: those who are away now, whether known or not.
    ///   - back: those who are not.
    func note(away: [String], back: [String], at now: Date) throws {
        let known = try noticed(away + back)
        try connection.insert(
            into: "departures", ["template", "subscriber_id", "noticed_at"],
            rows: Set(away).subtracting(known.keys).sorted().map { [.text(template), .text($0), SQLValue(now)] })
        for list in SQLValueList.lists(back.filter { known[$0] != nil }) {
            try connection.execute(
                "DELETE FROM departures WHERE template = ? AND subscriber_id IN (\(list.places))",
                [.text(template)] + list.parameters)
        }
    }
}
