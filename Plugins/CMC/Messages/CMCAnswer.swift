// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// What a CA answered, after it was checked.
struct CMCAnswer: Sendable {
    /// In no order; the responder's and CAs are among them.
    let certificates: [Certificate]
    let statuses: [CMCStatus]
    /// For the next message of the transaction.
    let senderNonce: [UInt8]?
    /// Bare certificates, which nobody signed.
    let isSimple: Bool
    /// Whether it says that it answers our message, or belongs to our transaction. A certificate says by its key whose it is; nothing
    /// else in an answer that says neither is about our order for certain.
    let isBound: Bool
    /// Dotted object identifiers of controls nobody here knows.
    let unknownControls: [String]

    /// The statuses that speak about one part of our message, or about all of it. Some servers leave the list empty.
    func statuses(for id: UInt32) -> [CMCStatus] {
        statuses.filter { status in
            status.bodyList.isEmpty
                || status.bodyList.contains { reference in
                    switch reference {
                    case .id(let named): named == id || named == 0
                    case .path: true
                    }
                }
        }
    }

    /// What the CA decided.
    ///
    /// - Parameter id: our body part; a server that speaks about none of our parts speaks about the message.
    func decision(for id: UInt32) -> CMCDecision {
        let relevant = statuses(for: id)
        return CMCDecision(relevant.isEmpty ? statuses : relevant)
    }

    /// The certificate of a request: found by its key, because order and names mean nothing.
    func leaf(for csr: CertificateSigningRequest, emails: [String]) throws(CMCRefusal) -> Certificate {
        let key = try? csr.publicKey
        guard let leaf = certificates.first(where: { (try? $0.publicKey) == key }) else {
            // The responder's certificate, which may be among them, is for no person.
            let isOther = { (certificate: Certificate) in
                !certificate.isCA && (certificate.subject == csr.subject || !certificate.emailAddresses.isEmpty)
            }
            guard !certificates.contains(where: isOther) else {
                throw CMCRefusal(.publicKey, "the certificate sent has another public key than the request")
            }
            throw CMCRefusal(.noCertificate, "the CA reports success and sends no certificate for the request's key")
        }
        let certified = Set(leaf.emailAddresses.map { $0.lowercased() })
        let missing = emails.filter { !certified.contains($0.lowercased()) }
        guard missing.isEmpty else {
            throw CMCRefusal(.mailAddress, "the certificate sent lacks \(missing.joined(separator: ", "))")
        }
        return leaf
    }
}
