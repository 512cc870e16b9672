// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions

/// An answer of which a program of the profile makes nothing usable. Whether the CA answers otherwise than it does, or the profile reads
/// it in the wrong place, cannot be told from one answer; the key path tells where to look.
enum UnreadAnswer {
    /// - Parameters:
    ///   - what: begins with the key path of the program.
    ///   - isCreating: whether the request may have made an order.
    static func error(_ what: String, isCreating: Bool, detail: String? = nil) -> ConnectorError {
        CAExchange.notUnderstood(
            "\(what); where the CA always answers so, the connector profile is wrong there", isCreating: isCreating,
            detail: detail)
    }

    static func error(_ failure: ExpressionError, isCreating: Bool) -> ConnectorError {
        error("\(failure)", isCreating: isCreating, detail: failure.detail)
    }
}

/// A value that a program gave and that cannot be used for what it is.
struct UnusableValue: Error, CustomStringConvertible {
    let keyPath: String
    let reason: String

    var description: String { "\(keyPath): \(reason)" }
}
