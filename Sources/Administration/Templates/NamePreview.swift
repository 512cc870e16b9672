// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments

/// What the certificate of one person would say.
public struct NamePreview: Sendable {
    public let userPrincipalName: String
    /// What the CA takes over of the names that the template makes.
    public let names: RequestedNames
    /// Keys of names that the template makes and the product has not.
    public let notCertified: [String]
    /// What was left out, and why.
    public let remarks: [String]
    /// Why there is no certificate; nil when there is one.
    public let obstacle: String?

    public var json: JSONValue {
        [
            "userPrincipalName": .string(userPrincipalName), "names": names.json,
            "notCertified": JSONValue(notCertified), "remarks": JSONValue(remarks),
            "obstacle": JSONValue(obstacle),
        ]
    }

    /// Lines for people.
    public var sentences: [String] {
        let subject = names.distinguishedName
        var lines = [
            "subject: \("\(subject)".isEmpty ? "the CA's own, with an address of the person or nothing" : "\(subject)")"
        ]
        if !names.emails.isEmpty { lines.append("addresses: \(names.emails.joined(separator: ", "))") }
        if let name = names.userPrincipalName { lines.append("user principal name: \(name)") }
        if let identifier = names.securityIdentifier { lines.append("security identifier (SID): \(identifier)") }
        if !notCertified.isEmpty {
            lines.append("not certified by this product: \(notCertified.joined(separator: ", "))")
        }
        lines += remarks.map { "note: \($0)" }
        if let obstacle { lines.append("no certificate: \(obstacle)") }
        return lines
    }
}
