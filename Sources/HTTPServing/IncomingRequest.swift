// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD

/// One request while it comes in: libmicrohttpd calls back for its line, its headers and each part of its body.
///
/// Only the thread of its connection touches it.
final class IncomingRequest {
    private let target: String
    private var body: [UInt8] = []
    private var hasSeenHeaders = false
    private var isTooLarge = false
    private var pending: PendingAnswer?

    init(target: String) { self.target = target }

    /// Takes the next call of libmicrohttpd and says what it shall do.
    func advance(
        _ connection: OpaquePointer, path: String, method: String, part: UnsafeBufferPointer<UInt8>,
        service: RequestService
    ) -> MHD_Result {
        if !hasSeenHeaders {
            hasSeenHeaders = true
            // Refused before the body is read; without a declared length the parts below are counted.
            guard let declared = header("Content-Length", of: connection).flatMap(Int.init),
                declared > service.maximumBodySize
            else { return .YES }
            return Self.queue(Self.tooLarge, on: connection, service)
        }
        if !part.isEmpty {
            if body.count + part.count > service.maximumBodySize {
                isTooLarge = true
            } else {
                body.append(contentsOf: part)
            }
            return .YES
        }
        // Called again because the handler has answered.
        if let pending {
            service.remove(pending)
            return Self.queue(pending.answer ?? .cutConnection, on: connection, service)
        }
        guard !isTooLarge else { return Self.queue(Self.tooLarge, on: connection, service) }
        let request = ServerRequest(
            method: method, path: path, target: target, query: values(.GET_ARGUMENT_KIND, of: connection),
            headers: values(.HEADER_KIND, of: connection), body: body,
            clientCertificateChain: service.requestsClientCertificate ? certificates(of: connection) : [],
            clientAddress: ClientAddress(connection)?.text ?? "", isTLS: service.isTLS)
        body = []
        switch service.handler {
        case .blocking(let handler):
            return Self.queue(handler(request), on: connection, service)
        case .suspending(let handler):
            guard let pending = service.suspend(ConnectionHandle(connection)) else {
                return Self.queue(RequestService.stopping, on: connection, service)
            }
            self.pending = pending
            pending.run(handler, request)
            return .YES
        }
    }

    private static let tooLarge = ServerAnswer.text("the request body is too large", status: 413)

    private func header(_ name: String, of connection: OpaquePointer) -> String? {
        MHD_lookup_connection_value(connection, .HEADER_KIND, name).map { String(cString: $0) }
    }

    private func values(_ kind: MHD_ValueKind, of connection: OpaquePointer) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        withUnsafeMutablePointer(to: &pairs) { pointer in
            _ = MHD_get_connection_values(
                connection, kind,
                { list, _, name, value in
                    let pairs = list?.assumingMemoryBound(to: [(name: String, value: String)].self)
                    let text = value.map { String(cString: $0) } ?? ""
                    if let name { pairs?.pointee.append((String(cString: name), text)) }
                    return .YES
                }, pointer)
        }
        return pairs
    }

    /// The chain of the TLS session; GnuTLS did not verify it.
    private func certificates(of connection: OpaquePointer) -> [[UInt8]] {
        var count: UInt32 = 0
        guard let list = certway_peer_certificates(connection, &count) else { return [] }
        return UnsafeBufferPointer(start: list, count: Int(count)).map {
            Array(UnsafeBufferPointer(start: $0.data, count: Int($0.size)))
        }
    }

    private static func queue(
        _ answer: ServerAnswer, on connection: OpaquePointer, _ service: RequestService
    ) -> MHD_Result {
        switch answer {
        case .cutConnection:
            return .NO
        case .raw(let bytes):
            bytes.withUnsafeBytes { certway_send_raw(connection, $0.baseAddress, $0.count) }
            return .NO
        case .response(let status, let headers, let body):
            let response = body.withUnsafeBytes {
                // MHD_RESPMEM_MUST_COPY: the buffer is only read.
                MHD_create_response_from_buffer(
                    $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
            }
            return send(response, status, headers, on: connection)
        case .stream(let status, let headers, let stream):
            // Only a connection that can be suspended can wait for events.
            guard case .suspending = service.handler else { return .NO }
            let body = service.begin(stream, on: ConnectionHandle(connection))
            return send(body.makeResponse(), status, headers, on: connection)
        case .truncated(let status, let headers, let body, let sent):
            return send(TruncatedBody(body, sent: sent).makeResponse(), status, headers, on: connection)
        }
    }

    private static func send(
        _ response: OpaquePointer?, _ status: Int, _ headers: [(name: String, value: String)],
        on connection: OpaquePointer
    ) -> MHD_Result {
        guard let response else { return .NO }
        defer { MHD_destroy_response(response) }
        for header in headers { _ = MHD_add_response_header(response, header.name, header.value) }
        return MHD_queue_response(connection, UInt32(status), response)
    }
}
