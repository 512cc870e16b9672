// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Times as Graph writes them: ISO 8601 with offset or Z. The service may add fractions of a second, which certificates do not have.
public enum GraphDate {
    /// - Returns: the time in whole seconds; nil for any other text.
    public static func read(_ text: String) -> Date? {
        try? Date(text.replacing(/\.[0-9]+/, with: ""), strategy: .iso8601)
    }
}
