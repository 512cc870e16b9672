// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Why an answer is not believed or not usable, whatever it says.
struct CMCRefusal: Error, CustomStringConvertible {
    enum Reason: String, Sendable {
        case form, simpleResponse = "simple response", eContentType, signature, signer, recipientNonce, transactionId
        case noCertificate = "no certificate"
        case publicKey = "public key"
        case mailAddress = "mail address"
    }

    let reason: Reason
    let message: String
    var detail: String?

    init(_ reason: Reason, _ message: String, detail: String? = nil) {
        self.reason = reason
        self.message = message
        self.detail = detail
    }

    var description: String { message }
}
