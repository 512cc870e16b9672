// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments
public import Recoveries

/// What a recovery hands out: key, certificate and chain as PKCS #12 whose password goes another way.
public struct RecoveredPackage: Sendable {
    public let recovery: Recovery
    public let fileName: String
    /// PKCS #12, encrypted.
    public let bytes: [UInt8]

    /// As programs see it.
    public func json(at date: Date) -> JSONValue {
        [
            "recovery": recovery.json(at: date), "fileName": .string(fileName),
            "content": .string(Data(bytes).base64EncodedString()),
        ]
    }
}
