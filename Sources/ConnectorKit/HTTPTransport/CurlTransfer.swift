// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import Synchronization

/// One exchange on its way: the request, what has come back, and who waits for it.
///
/// Everything that changes, except the cancellation mark, belongs to the event loop's thread once the transfer is added;
/// that is why sharing it is safe.
final class CurlTransfer: @unchecked Sendable {
    typealias Answer = Result<HTTPResponse, HTTPTransportError>

    let request: HTTPRequest
    let address: HTTPAddress
    /// Asked right before the request leaves; nil for one that may always.
    private let departure: Departure?
    private var wasTooLate = false
    /// Set from any thread, read by the event loop before it starts the transfer.
    let isCancelled = Atomic(false)

    var continuation: CheckedContinuation<Answer, Never>?
    var handle: CurlHandle?
    /// Whether the request itself may have reached the server, and no answer 401 said that it was not executed. A leg of
    /// a sign-in does not count: it goes out without the body.
    private(set) var mayHaveBeenSent = false
    /// Status of the answer to the latest attempt, of any leg.
    private var answeredStatus: Int?
    /// How much of the body libcurl has taken, for the schemes that sign in a connection.
    private var bodyOffset = 0
    /// Why GSS-API could not make a token.
    private var ticketProblem: String?
    /// How far the handshake of the latest connection has come, as libcurl's commentary tells.
    private var handshake = Handshake.underWay
    private enum Handshake {
        case underWay
        /// By TLS 1.3, and nothing of the server's side of a handshake was seen since.
        case endedHere
        /// The server may have read what was sent.
        case ended
    }
    private(set) var body: [UInt8] = []
    private(set) var isTooLarge = false

    /// - Throws: `invalidRequest` for what must not go out: a plain `http` address that is not loopback, or a line break
    ///   in a header.
    init(_ request: HTTPRequest) throws(HTTPTransportError) {
        self.request = request
        departure = request.isSafe ? nil : Departure.current
        address = try HTTPAddress(request.url)
        guard address.scheme == "https" || address.isLoopback || request.allowsPlainHTTP else {
            throw HTTPTransportError(
                .invalidRequest, "http://\(address.host) is refused: only https, or http to this machine, is allowed")
        }
        guard request.method.utf8.allSatisfy({ UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }) else {
            throw HTTPTransportError(.invalidRequest, "a method consists of capital letters")
        }
        if let problem = request.authentication?.problem { throw HTTPTransportError(.invalidRequest, problem) }
        for (name, value) in request.headers {
            if request.authentication != nil, name.equalsIgnoringCase("Authorization") {
                throw HTTPTransportError(
                    .invalidRequest, "a request signs in by its authentication or by a header, not both")
            }
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }),
                value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 })
            else {
                throw HTTPTransportError(.invalidRequest, "a header line has control characters or an unusable name")
            }
        }
    }

    /// libcurl is about to send. It repeats any request when a kept connection turns out dead and nothing was received,
    /// a POST as well, although the server may have executed it: that is allowed for safe methods only.
    ///
    /// NTLM and Negotiate take several legs, each an attempt: those before the last one carry no body or are answered by
    /// 401, and neither executes the request.
    func beginAttempt() -> Bool {
        if answeredStatus == 401 { mayHaveBeenSent = false }
        guard !mayHaveBeenSent || request.isSafe else { return false }
        guard departure?.isAllowed ?? true else {
            wasTooLate = true
            return false
        }
        (answeredStatus, bodyOffset, body) = (nil, 0, [])
        mayHaveBeenSent = !sendsBodyLast
        return true
    }

    /// Whether something only libcurl's commentary tells is needed: that there is no Kerberos ticket, without which it goes on
    /// unsigned; and whether a server refused a client certificate before it could read what must not be sent twice.
    var wantsCommentary: Bool {
        if case .negotiate = request.authentication { return true }
        return address.scheme == "https" && !request.isSafe
    }

    /// Whether `giveBody` tells when the request itself goes out.
    private var sendsBodyLast: Bool {
        request.authentication?.isOfConnection == true && request.body?.isEmpty == false
    }

    /// Hands libcurl a piece of the body; nil ends the transfer, because without a ticket nobody would be signed in.
    func giveBody(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
        guard ticketProblem == nil, let body = request.body else { return nil }
        mayHaveBeenSent = true
        let piece = body[min(bodyOffset, body.count)...].prefix(buffer.count)
        buffer.copyBytes(from: piece)
        bodyOffset += piece.count
        return piece.count
    }

    func rewindBody(to offset: Int) { bodyOffset = offset }

    /// Notes the status when the line is a status line (RFC 9112 §4).
    func receiveHeaderLine(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.starts(with: "HTTP/".utf8) else { return }
        answeredStatus = String(decoding: bytes, as: UTF8.self).split(separator: " ").dropFirst().first.flatMap {
            Int($0)
        }
        // A server may hold what it refused against the connection, also when somebody else signs in on it.
        handle?.keepsConnection(answeredStatus != 401)
    }

    /// Notes what libcurl says about a failed call of GSS-API, which is no error to it, and about the handshake of TLS.
    func receiveCommentary(_ bytes: UnsafeRawBufferPointer) {
        func line() -> String { String(decoding: bytes, as: UTF8.self) }
        if bytes.starts(with: "gss_".utf8) {
            ticketProblem = line().split(whereSeparator: \.isNewline).joined(separator: " ")
        } else if bytes.starts(with: "SSL connection using ".utf8) {
            handshake = line().contains(" TLSv1.3 ") ? .endedHere : .ended
        } else if handshake == .endedHere, bytes.starts(with: "TLSv1.3 (IN), TLS handshake".utf8) {
            handshake = .ended
        }
    }

    /// Takes a piece of the body; false when the answer is too large.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        isTooLarge = body.count + bytes.count > request.maximumResponseSize
        if !isTooLarge { body.append(contentsOf: bytes) }
        return !isTooLarge
    }

    func finish(_ answer: Answer) {
        handle = nil
        continuation?.resume(returning: answer)
        continuation = nil
    }

    /// The answer libcurl's verdict amounts to.
    func answer(_ code: CURLcode, handle: CurlHandle) -> Answer {
        func failure(_ kind: HTTPTransportError.Kind, _ text: String) -> Answer {
            .failure(HTTPTransportError(kind, "\(address.host):\(address.port): \(text)"))
        }
        if let ticketProblem, code == CURLE_OK ? handle.status == 401 : !mayHaveBeenSent {
            return failure(
                .notAuthenticated,
                "no Kerberos ticket for HTTP/\(address.host): \(ticketProblem); check KRB5CCNAME and KRB5_CLIENT_KTNAME of this process"
            )
        }
        let reason = handle.errorText(code)
        guard code != CURLE_OK else {
            // Whatever stands there was no answer of HTTP (RFC 9110 §15), so it proves nothing.
            guard 200..<600 ~= handle.status, handle.isHTTP1 else {
                return failure(
                    mayHaveBeenSent ? .unknownOutcome : .notSent,
                    "the server's answer with the status \(handle.status) is none of HTTP/1.1")
            }
            var answer = HTTPResponse(status: handle.status, headers: handle.responseHeaders, body: body)
            answer.isToSignIn = sendsBodyLast && !mayHaveBeenSent
            return .success(answer)
        }
        if let alert = ClientCertificateAlert(reason), isBeforeRequest(reason, code, handle) {
            let what =
                request.tls?.certificateChain == nil
                ? "asks for a client certificate" : "refuses the client certificate"
            return failure(.notAuthenticated, "the server \(what): \(alert)")
        }
        if wasTooLate { return failure(.notSent, Departure.refusal) }
        switch code {
        case _ where isTooLarge || code == CURLE_FILESIZE_EXCEEDED:
            return failure(.tooLarge, "the answer is larger than \(request.maximumResponseSize) bytes")
        case CURLE_OPERATION_TIMEDOUT:
            let text = mayHaveBeenSent ? "no answer" : "no connection"
            return failure(.timeout(sent: mayHaveBeenSent), "\(text) in time: \(reason)")
        case CURLE_ABORTED_BY_CALLBACK where mayHaveBeenSent:
            return failure(.unknownOutcome, "the server closed the connection instead of answering")
        // No code decides once bytes may have left: what it names may have come from the server, or happened afterwards.
        case _ where mayHaveBeenSent: return failure(.unknownOutcome, reason)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
            return failure(.untrusted, reason + Self.nextStep(untrusted: reason))
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL,
            CURLE_BAD_FUNCTION_ARGUMENT:
            return failure(.invalidRequest, reason)
        default: return failure(.notSent, reason)
        }
    }

    /// What helps where nobody is known who vouches for a server; a wrong name or an end that has come is the server's matter.
    private static func nextStep(untrusted reason: String) -> String {
        let isOfNobodyKnown = ["self-signed", "self signed", "local issuer", "issuer certificate"].contains {
            reason.contains($0)
        }
        return isOfNobodyKnown ? "; if it is the right server, name the root of its certificate in tlsRoots" : ""
    }

    /// Whether an alert of TLS came before the server could read the request.
    ///
    /// Up to TLS 1.2 it does when it ends the handshake. TLS 1.3 reports a refused client certificate after our side of the
    /// handshake, when the request may be on its way (RFC 8446 §4.4.2): then the server's side never ended, and nothing goes
    /// out as early data. A kept connection proves no such thing, nor does a server that asked for the certificate later.
    private func isBeforeRequest(_ reason: String, _ code: CURLcode, _ handle: CurlHandle) -> Bool {
        guard address.scheme == "https" else { return false }
        guard mayHaveBeenSent else { return true }
        return code == CURLE_RECV_ERROR && reason.hasPrefix("OpenSSL SSL_read: ") && handle.status == 0
            && handle.isOnNewConnection && (request.isSafe || handshake == .endedHere)
    }
}
