// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The HTTP client over libcurl.
///
/// One thread runs all transfers (curl_multi_poll); connections and handles are kept and reused. TLS 1.2 or later is
/// required and the server is always verified; redirects are not followed; `http` is for loopback addresses only. A
/// proxy is taken from the environment as libcurl documents it, never for loopback.
///
/// HTTP/1.1 is used on purpose: its rules for requests on a connection that dies are simple enough to promise that a
/// request which is not safe reaches the server at most once.
public final class CurlHTTPClient: HTTPClient {
    /// Nil where none could be started; tried again with each request.
    private let loop: Mutex<CurlEventLoop?>
    /// For requests with Negotiate: waiting for a KDC blocks a loop, and connections signed in stay apart. Started by the
    /// first such request.
    private let kerberosLoop = Mutex<CurlEventLoop?>(nil)
    private let makeLoop: @Sendable () -> CurlEventLoop?
    private let trace: (@Sendable (HTTPTraceEntry) -> Void)?

    /// Starts the client's thread.
    ///
    /// - Parameters:
    ///   - trustAnchorsPEM: certificates trusted in place of the system's, for requests without their own.
    ///   - connectTimeout: bound for name resolution, connecting and TLS handshake together.
    ///   - maximumConnectionsPerHost: further requests to the same host wait; their time runs.
    ///   - maximumIdleTime: how long a kept connection may have been idle to carry a request that must not be sent twice.
    ///   - trace: called after each exchange on the caller's executor; costs nothing when nil.
    public init(
        trustAnchorsPEM: String? = nil, connectTimeout: Duration = .seconds(10), maximumConnectionsPerHost: Int = 32,
        userAgent: String = "Certway", maximumIdleTime: Duration = .seconds(3),
        trace: (@Sendable (HTTPTraceEntry) -> Void)? = nil
    ) {
        self.trace = trace
        let defaults = CurlDefaults(
            tls: TLSOptions(trustAnchorsPEM: trustAnchorsPEM), connectTimeout: connectTimeout, userAgent: userAgent,
            maximumIdleTimeForUnsafe: Int(maximumIdleTime / .seconds(1)))
        makeLoop = {
            let loop = CurlEventLoop(defaults: defaults, maximumConnectionsPerHost: maximumConnectionsPerHost)
            loop?.start()
            return loop
        }
        loop = Mutex(makeLoop())
    }

    deinit {
        for loop in [loop.withLock({ $0 }), kerberosLoop.withLock({ $0 })] { loop?.stop() }
    }

    public func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        let request = request.bounded()
        guard let trace else { return try await perform(request).get() }
        let start = ContinuousClock.now
        let result = await perform(request)
        trace(HTTPTraceEntry(request, result, duration: start.duration(to: .now)))
        return try result.get()
    }

    private func perform(_ request: HTTPRequest) async -> Result<HTTPResponse, HTTPTransportError> {
        let transfer: CurlTransfer
        do { transfer = try CurlTransfer(request) } catch { return .failure(error) }
        guard let loop = loop(for: request) else {
            return .failure(
                HTTPTransportError(
                    .notSent, "libcurl cannot start: no memory or file descriptors are left (see 'ulimit -n')"))
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { loop.add(transfer, continuation: $0) }
        } onCancel: {
            loop.cancel(transfer)
        }
    }

    private func loop(for request: HTTPRequest) -> CurlEventLoop? {
        if case .negotiate = request.authentication {
            Self.started(kerberosLoop, makeLoop)
        } else {
            Self.started(loop, makeLoop)
        }
    }

    private static func started(
        _ place: borrowing Mutex<CurlEventLoop?>, _ makeLoop: () -> CurlEventLoop?
    ) -> CurlEventLoop? {
        place.withLock { existing in
            let loop = existing ?? makeLoop()
            existing = loop
            return loop
        }
    }
}
