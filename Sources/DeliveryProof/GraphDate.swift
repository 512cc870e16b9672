// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Times as Graph writes them: ISO 8601, with or without a fraction of a second.
enum GraphDate {
    static func read(_ text: String) -> Date? {
        try? Date(text.replacing(/\.[0-9]+/, with: ""), strategy: .iso8601)
    }
}
