// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What the callbacks of one server need; libmicrohttpd keeps a reference while the daemon runs.
final class RequestService: Sendable {
    let maximumBodySize: Int
    let requestsClientCertificate: Bool
    let handler: @Sendable (ServerRequest) -> ServerAnswer

    init(
        maximumBodySize: Int, requestsClientCertificate: Bool,
        handler: @escaping @Sendable (ServerRequest) -> ServerAnswer
    ) {
        self.requestsClientCertificate = requestsClientCertificate
        self.maximumBodySize = maximumBodySize
        self.handler = handler
    }
}
