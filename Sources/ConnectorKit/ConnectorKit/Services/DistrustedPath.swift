// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A file, folder or link that may not be believed, in one sentence that ends with the command that mends it; an operator must act.
public struct DistrustedPath: Error, Sendable, CustomStringConvertible {
    public let message: String
    public var description: String { message }

    init(_ place: String, _ finding: String, _ command: String) {
        message = "\(place) \(finding); see who did that, then: \(command)"
    }
}
