// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// An order as the account knows it; once its mailboxes are validated, the book has its certificate.
struct SSLComOrder: Sendable {
    /// Counts from 1.
    let number: Int
    let ref: String
    let product: SandboxProduct
    let days: Int
    let externalNumber: String?
    let created: Date
    var csr: CertificateSigningRequest?
    /// As it was sent.
    var registrant: [String: JSONValue] = [:]
    var hasContact = false
    /// Addresses in lower case whose mail is out.
    var mailed: Set<String> = []
    var validated: Date?
    var pollsLeft = 0
    /// Its order in the book; after a rekey the newest.
    var bookID: String?

    /// What is validated: every address that the request names.
    var addresses: [String] {
        guard let csr else { return [] }
        var found = csr.subjectAlternativeNames.compactMap { name -> String? in
            if case .rfc822Name(let address) = name { address } else { nil }
        }
        for attribute in csr.subject.attributes
        where attribute.type == "emailAddress" || (attribute.type == "CN" && attribute.value.contains("@")) {
            if !found.contains(where: { $0.lowercased() == attribute.value.lowercased() }) {
                found.append(attribute.value)
            }
        }
        return found
    }

    var isMailed: Bool { !addresses.isEmpty && addresses.allSatisfy { mailed.contains($0.lowercased()) } }

    /// Whether only the certificate is missing.
    var isReady: Bool { bookID == nil && csr != nil && hasContact && isMailed && validated != nil }
}
