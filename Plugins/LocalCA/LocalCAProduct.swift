// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

/// How one product of the profile is issued: the facts are data, this is what the CA makes of them.
struct LocalCAProduct {
    let facts: ProductFacts
    /// When the request does not say anything.
    var usualDays = 365

    /// What of a request contradicts the product whoever asks: a mistake of the template or the profile. Empty when nothing
    /// does.
    func mistakes(in request: CertificateRequest, at now: Date) -> [String] {
        var mistakes: [String] = []
        if !facts.isOffered(at: now) { mistakes.append("product \(facts.id) is not offered now") }
        if !facts.purposes.isEmpty && !facts.purposes.contains(request.purpose) {
            mistakes.append("product \(facts.id) is not for the purpose \(request.purpose.rawValue)")
        }
        if let days = request.validityDays, days <= 0 || facts.validityDays?.allows(days) == false {
            mistakes.append("product \(facts.id) is not offered for \(days) days")
        }
        return mistakes
    }

    /// Why this person cannot have the product; empty when nothing speaks against it.
    func objections(to request: CertificateRequest) -> [String] { nameObjections(request) + keyObjections(request) }

    /// Days of validity for a request without objections.
    func days(for request: CertificateRequest) -> Int {
        if let days = request.validityDays { return days }
        return switch facts.validityDays {
        case nil: usualDays
        case .range(let range): min(max(usualDays, range.lowerBound), range.upperBound)
        case .list(let list): list.max() ?? usualDays
        }
    }

    private func nameObjections(_ request: CertificateRequest) -> [String] {
        if request.purpose == .clientAuthentication {
            // wire/entra-cba §2: without one of them nobody can be signed in.
            return request.names.alternativeNames.isEmpty
                ? ["a logon certificate needs a user principal name or a mail address"] : []
        }
        if request.purpose == .serverAuthentication {
            return request.names.hosts.isEmpty ? ["a server certificate needs a host name"] : []
        }
        return request.names.emails.isEmpty ? ["an S/MIME certificate needs a mail address"] : []
    }

    private func keyObjections(_ request: CertificateRequest) -> [String] {
        do {
            try request.csr.verifySignature()
            let key = try request.csr.publicKey
            let allowed = facts.keyTypes.isEmpty ? KeyType.allCases : facts.keyTypes
            if let type = key.keyType, allowed.contains(type) { return [] }
            let words = allowed.map(\.rawValue).joined(separator: ", ")
            return ["product \(facts.id) takes keys of \(words), found \(key.algorithmName)"]
        } catch {
            return ["\(error)"]
        }
    }
}
