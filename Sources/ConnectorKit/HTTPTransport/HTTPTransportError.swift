// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Why there is no answer, and whether the request may have been executed all the same.
public struct HTTPTransportError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// The request cannot be sent as described: address, header or client certificate is wrong.
        case invalidRequest
        /// Nothing reached the server: name resolution, connecting, or the TLS handshake failed.
        case notSent
        /// The server's certificate is not trusted or is for another name; nothing was sent.
        case untrusted
        /// This machine has nothing to sign in with, such as a Kerberos ticket, or the server does not accept its client
        /// certificate; nothing was executed.
        case notAuthenticated
        /// Sent, but no complete answer came.
        case unknownOutcome
        /// The answer is larger than the request allows; the server has executed the request.
        case tooLarge
        case timeout(sent: Bool)
        case cancelled(sent: Bool)
    }

    public let kind: Kind
    /// Safe to show and to store: names the host, never a path of the address, a header or a secret.
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// False only when the server surely has not seen the request.
    public var mayHaveBeenSent: Bool {
        switch kind {
        case .invalidRequest, .notSent, .untrusted, .notAuthenticated: false
        case .unknownOutcome, .tooLarge: true
        case .timeout(let sent), .cancelled(let sent): sent
        }
    }

    public var description: String { message }
}
