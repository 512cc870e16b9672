// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Whole numbers beyond 2^53, which real services write and a double cannot hold.
///
/// libjq 1.6, which writes our JSON, has only doubles. So such a number travels as a marked text and loses its quotation
/// marks on the way out.
enum WideNumber {
    /// A character of the private use area (Unicode 23.5), which no service has in its texts.
    private static let mark = "\u{F8F7}"

    /// The id as a JSON number with all its digits.
    static func json(_ number: Int) -> JSONValue {
        number.magnitude <= 1 << 53 ? JSONValue(number) : .string(mark + String(number))
    }

    /// JSON in which every marked text is the number that it means.
    static func unquoting(_ json: String) -> String {
        guard json.contains(mark) else { return json }
        return json.replacing(#/"\u{F8F7}(-?[0-9]+)"/#) { $0.output.1 }
    }
}

extension JSONValue {
    /// An id that the service writes as a number, however large.
    init(id: Int) { self = WideNumber.json(id) }
}
