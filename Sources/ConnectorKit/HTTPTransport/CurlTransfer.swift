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
    /// How often libcurl was about to write the request to a connection.
    private(set) var attempts = 0
    private(set) var body: [UInt8] = []
    private(set) var isTooLarge = false

    /// - Throws: `invalidRequest` for what must not go out: a plain `http` address that is not loopback, or a line break
    ///   in a header.
    init(_ request: HTTPRequest) throws(HTTPTransportError) {
        self.request = request
        address = try HTTPAddress(request.url)
        guard address.scheme == "https" || address.isLoopback else {
            throw HTTPTransportError(
                .invalidRequest, "http://\(address.host) is refused: only https, or http to this machine, is allowed")
        }
        guard request.method.utf8.allSatisfy({ UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }) else {
            throw HTTPTransportError(.invalidRequest, "a method consists of capital letters")
        }
        for (name, value) in request.headers {
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }),
                value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 })
            else {
                throw HTTPTransportError(.invalidRequest, "a header line has control characters or an unusable name")
            }
        }
    }

    var mayHaveBeenSent: Bool { attempts > 0 }

    /// libcurl is about to send. It repeats any request when a kept connection turns out dead and nothing was received,
    /// a POST as well, although the server may have executed it: the second attempt is allowed for safe methods only.
    func beginAttempt() -> Bool {
        attempts += 1
        return attempts == 1 || request.isSafe
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
        if code == CURLE_OK {
            return .success(HTTPResponse(status: handle.status, headers: handle.responseHeaders, body: body))
        }
        let place = "\(address.host):\(address.port)"
        let reason = handle.errorText(code)
        func failure(_ kind: HTTPTransportError.Kind, _ text: String) -> Answer {
            .failure(HTTPTransportError(kind, "\(place): \(text)"))
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
