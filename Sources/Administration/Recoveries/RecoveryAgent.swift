// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// Who can open archived keys, as the configuration has it now.
public struct RecoveryAgent: Sendable {
    public let name: String
    /// Nil where the certificate cannot be read; `problem` says why.
    public let subject: String?
    public let notAfter: Date?
    public let fingerprint: String?
    /// Whether the gateway may use the agent's private key; otherwise the archive is opened where that key is.
    public let isUsable: Bool
    /// Templates that archive for the agent.
    public let templates: [String]
    public let problem: String?

    /// As programs see it.
    public var json: JSONValue {
        [
            "name": .string(name), "subject": JSONValue(subject), "notAfter": JSONValue(notAfter?.ISO8601Format()),
            "sha256Fingerprint": JSONValue(fingerprint), "usable": .bool(isUsable), "templates": JSONValue(templates),
            "problem": JSONValue(problem),
        ]
    }
}
