// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD

/// One request while it comes in: libmicrohttpd calls back for its line, its headers and each part of its body.
///
/// Only the thread of its connection touches it.
final class IncomingRequest {
    private let target: String
    private let service: RequestService
    /// Of the connection, in the service's table.
    private let number: Int
    private let begun = ContinuousClock.now
    private let notes = RequestNotes()
    private var method = ""
    private var path = ""
    private var address = ""
    private var body: [UInt8] = []
    private var hasSeenHeaders = false
    private var isTooLarge = false
    private var discarded = 0
    private var pending: PendingAnswer?
    private var status: Int?
    private var sent = 0
    private var isStream = false

    init(target: String, number: Int, service: RequestService) {
        self.target = target
        self.number = number
        self.service = service
    }

    /// Takes the next call of libmicrohttpd and says what it shall do.
    func advance(
        _ connection: OpaquePointer, path: String, method: String, part: UnsafeBufferPointer<UInt8>
    ) -> MHD_Result {
        if !hasSeenHeaders {
            hasSeenHeaders = true
            (self.path, self.method) = (path, method)
            return takeHead(connection)
        }
        if !part.isEmpty { return take(part) }
        // Called again because the handler has answered.
        if let pending {
            service.remove(pending)
            return queue(pending.answer ?? .cutConnection, on: connection)
        }
        guard !isTooLarge else { return queue(tooLarge, on: connection) }
        service.table?.enter(.handling, number)
        let request = ServerRequest(
            method: method, path: path, target: target, query: values(.GET_ARGUMENT_KIND, of: connection),
            headers: values(.HEADER_KIND, of: connection), body: body,
            clientCertificateChain: service.requestsClientCertificate ? certificates(of: connection) : [],
            clientAddress: address, isTLS: service.isTLS, notes: notes)
        body = []
        switch service.handler {
        case .blocking(let handler):
            return queue(handler(request), on: connection)
        case .suspending(let handler):
            guard let pending = service.suspend(ConnectionHandle(connection)) else {
                return queue(ServerRefusal.stopping.answer, on: connection)
            }
            self.pending = pending
            pending.run(handler, request)
            return .YES
        }
    }

    /// The request is over, whether it was answered or not.
    func end(_ code: MHD_RequestTerminationCode) {
        let isLate = service.table?.isBroken(number) ?? false
        service.table?.enter(.head(isFirst: false), number)
        guard let observe = service.observe else { return }
        let ending: AccessRecord.Ending =
            switch code {
            case .REQUEST_TERMINATED_COMPLETED_OK: .complete
            case .REQUEST_TERMINATED_DAEMON_SHUTDOWN: .stopped
            case .REQUEST_TERMINATED_TIMEOUT_REACHED: .late
            default: isLate ? .late : .broken
            }
        observe(
            AccessRecord(
                method: method, path: path, route: notes.route, caller: notes.caller, clientAddress: address,
                status: status, bytes: sent, duration: .now - begun, isStream: isStream, ending: ending))
    }

    private func takeHead(_ connection: OpaquePointer) -> MHD_Result {
        address = ClientAddress(connection)?.text ?? ""
        service.table?.enter(.body, number)
        if service.table?.isSurplus(number) == true {
            return queue(ServerRefusal.tooManyConnections.answer, on: connection)
        }
        if let refusal = refusalOfHead(connection) { return queue(refusal.answer, on: connection) }
        if let refusal = ambiguity(connection) { return queue(refusal.answer, on: connection) }
        // Refused before the body is read; without a declared length the parts are counted.
        guard let declared = header("Content-Length", of: connection).flatMap(Int.init),
            declared > service.maximumBodySize
        else { return .YES }
        return queue(tooLarge, on: connection)
    }

    /// libmicrohttpd refuses by a page of its own what does not fit into twice as much: what lies between is refused here, so that programs
    /// get a document.
    private func refusalOfHead(_ connection: OpaquePointer) -> ServerRefusal? {
        guard let limits = service.table?.limits else { return nil }
        guard target.utf8.count <= limits.targetSize else { return .longTarget(limit: limits.targetSize) }
        let size = values(.HEADER_KIND, of: connection).reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        return size > limits.headSize ? .largeHead(limit: limits.headSize) : nil
    }

    /// Why others may read this request as another one; nil where all find its end at the same place (RFC 9112 section 6.3), and one host
    /// and one caller: a proxy that goes by another length than this server does could be led to take a part of the body for the next request.
    private func ambiguity(_ connection: OpaquePointer) -> ServerRefusal? {
        let headers = values(.HEADER_KIND, of: connection)
        func all(_ name: String) -> [String] { headers.filter { $0.name.lowercased() == name }.map(\.value) }
        let (lengths, codings) = (all("content-length"), all("transfer-encoding"))
        guard lengths.count < 2, lengths.isEmpty || codings.isEmpty else { return .twoLengths }
        guard codings.isEmpty || codings.map({ $0.lowercased() }) == ["chunked"] else { return .unknownCoding }
        // libmicrohttpd ends path, names and values there.
        guard !target.utf8.containsEscapedNull else { return .nullInAddress }
        return ["host", "authorization"].first { all($0).count > 1 }.map(ServerRefusal.repeated)
    }

    /// A body that is too large is read on for a while: libmicrohttpd takes no answer in its midst, and a client reads none
    /// before it has sent all.
    private func take(_ part: UnsafeBufferPointer<UInt8>) -> MHD_Result {
        service.table?.add(part.count, to: number)
        if isTooLarge || body.count + part.count > service.maximumBodySize {
            isTooLarge = true
            body = []
            discarded += part.count
            return discarded > 4 * service.maximumBodySize + 65_536 ? .NO : .YES
        }
        body.append(contentsOf: part)
        return .YES
    }

    private var tooLarge: ServerAnswer { ServerRefusal.largeBody(limit: service.maximumBodySize).answer }

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

    private func queue(_ answer: ServerAnswer, on connection: OpaquePointer) -> MHD_Result {
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
            sent = body.count
            service.table?.enter(.answering, number, bytes: body.count)
            return send(response, status, headers, on: connection)
        case .stream(let status, let headers, let stream):
            return queue(stream, status, headers, on: connection)
        case .body(let status, let headers, let body):
            return queue(body, status, headers, on: connection)
        case .truncated(let status, let headers, let body, let sent):
            self.sent = sent
            return send(TruncatedBody(body, sent: sent).makeResponse(), status, headers, on: connection)
        }
    }

    private func queue(
        _ stream: any StreamedContent, _ status: Int, _ headers: [(name: String, value: String)],
        on connection: OpaquePointer
    ) -> MHD_Result {
        // Only a connection that can be suspended can wait for what is to come.
        guard case .suspending = service.handler else { return .NO }
        isStream = true
        service.table?.enter(.handling, number)
        var isFetching = false
        let body = StreamedBody(stream, on: ConnectionHandle(connection)) { [self] count in
            sent += count
            guard stream.isPaced else { return }
            // While there is something to fetch the client must fetch it; while there is not, nobody waits for the client.
            if count > 0, isFetching {
                service.table?.add(count, to: number)
            } else {
                service.table?.enter(count > 0 ? .answering : .handling, number, bytes: count)
            }
            isFetching = count > 0
        }
        service.begin(stream, body)
        return send(body.makeResponse(), status, headers, on: connection)
    }

    private func send(
        _ response: OpaquePointer?, _ status: Int, _ headers: [(name: String, value: String)],
        on connection: OpaquePointer
    ) -> MHD_Result {
        guard let response else { return .NO }
        defer { MHD_destroy_response(response) }
        for header in headers { _ = MHD_add_response_header(response, header.name, header.value) }
        self.status = status
        return MHD_queue_response(connection, UInt32(status), response)
    }
}

extension String.UTF8View {
    /// By bytes: with a combining mark behind it, a digit is another character to Swift.
    fileprivate var containsEscapedNull: Bool { Array(self).contains(Array("%00".utf8)) }
}
