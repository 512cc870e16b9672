// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Sends HTTP requests; the one door to the network for connectors and for Microsoft Graph.
public protocol HTTPClient: Sendable {
    /// Sends one request and waits for the complete answer; any status is an answer, redirects included.
    ///
    /// The request reaches the server at most once, except safe methods (GET, HEAD, OPTIONS), which may be sent again
    /// on a fresh connection when the server had closed an idle one.
    ///
    /// - Throws: `HTTPTransportError`; its `mayHaveBeenSent` decides whether a call may be repeated. Cancelling the task
    ///   ends the transfer at once with kind `cancelled`.
    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse
}
