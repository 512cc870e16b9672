// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// Records that were handed out.
public struct AuditExport: Sendable {
    public let file: String
    public let first: Int64
    /// What was found on their way, and the last of them.
    public let verification: AuditVerification

    public var json: JSONValue {
        [
            "file": .string(file), "records": JSONValue(Int(verification.count)), "first": JSONValue(Int(first)),
            "last": verification.last?.json ?? .null, "unbroken": .bool(verification.isUnbroken),
            "findings": .array(verification.findings.map(\.json)),
        ]
    }
}
