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
    private(set) var body: [UInt8] = []
    private(set) var isTooLarge = false

    /// - Throws: `invalidRequest` for what must not go out: a plain `http` address that is not loopback, or a line break
    ///   in a header.
    init(_ request: HTTPRequest) throws(HTTPTransportError) {
        self.request = request
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
        (answeredStatus, bodyOffset, body) = (nil, 0, [])
        mayHaveBeenSent = !sendsBodyLast
        return true
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

    /// Notes what libcurl says about a failed call of GSS-API, which is no error to it.
    func receiveCommentary(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.starts(with: "gss_".utf8) else { return }
        ticketProblem = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: " ")
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
        if code == CURLE_OK {
            if handle.status >= 500, sendsBodyLast, !mayHaveBeenSent {
                return failure(.notSent, "the server answered \(handle.status) before the sign-in was complete")
            }
            return .success(HTTPResponse(status: handle.status, headers: handle.responseHeaders, body: body))
        }
        let reason = handle.errorText(code)
        // TLS 1.3 reports it after our side of the handshake, when the request may be on its way. The server's side never
        // ended then, and nothing goes out as early data, so that no server has read the request. A kept connection
        // proves no such thing.
        if let alert = ClientCertificateAlert(reason), handle.status == 0, handle.isOnNewConnection {
            let what =
                request.tls?.certificateChain == nil
                ? "asks for a client certificate" : "refuses the client certificate"
            return failure(.notAuthenticated, "the server \(what): \(alert)")
        }
        switch code {
        case _ where isTooLarge:
            return failure(.tooLarge, "the answer is larger than \(request.maximumResponseSize) bytes")
        case CURLE_OPERATION_TIMEDOUT:
            let text = mayHaveBeenSent ? "no answer" : "no connection"
            return failure(.timeout(sent: mayHaveBeenSent), "\(text) in time: \(reason)")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR: return failure(.untrusted, reason)
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL,
            CURLE_BAD_FUNCTION_ARGUMENT:
            return failure(.invalidRequest, reason)
        case CURLE_ABORTED_BY_CALLBACK:
            return failure(.unknownOutcome, "the server closed the connection instead of answering")
        default: return failure(mayHaveBeenSent ? .unknownOutcome : .notSent, reason)
        }
    }
}
