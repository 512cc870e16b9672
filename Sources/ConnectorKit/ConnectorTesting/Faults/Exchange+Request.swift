// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation

extension FaultInjectingHTTPClient.Exchange {
    /// Whether the PKCS #10 request is in it, as bytes or as base64 in any wrapping: whoever sends that asks for a certificate. Looks for
    /// its end, which is the signature and in no other message.
    func carries(_ request: CertificateRequest) -> Bool {
        let der = request.csr.der
        let end = Data(der.suffix(32))
        if Data(body).range(of: end) != nil { return true }
        var text = question
        for lineBreak in ["\\r", "\\n", "%0D", "%0A", "&#13;", "&#10;"] { text = text.replacing(lineBreak, with: "") }
        text.removeAll(where: \.isWhitespace)
        // Forms write the other characters of base64 otherwise.
        let words = Data(der).base64EncodedString().suffix(80).split { !$0.isLetter && !$0.isNumber }
        return words.filter { $0.count >= 12 }.contains { text.contains($0) }
    }
}
