// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD
internal import Glibc

/// The running libmicrohttpd daemon: the one place that starts and stops it.
struct Daemon: @unchecked Sendable {
    // libmicrohttpd allows any thread to stop a daemon; `HTTPServer` sees to it that only one does.
    private let handle: OpaquePointer
    private let service: Unmanaged<RequestService>
    private var quiesced: Int32?

    /// Takes the socket over; nil when libmicrohttpd refuses.
    init?(socket: consuming ListeningSocket, tls: ServerTLSIdentity?, service: RequestService) {
        let retained = Unmanaged.passRetained(service)
        let descriptor = socket.take()
        var flags = MHD_USE_INTERNAL_POLLING_THREAD.rawValue
        switch service.handler {
        case .blocking: flags |= MHD_USE_THREAD_PER_CONNECTION.rawValue | MHD_USE_POLL.rawValue
        case .suspending: flags |= MHD_USE_EPOLL.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
        }
        if tls != nil { flags |= MHD_USE_TLS.rawValue }
        let started = Self.withOptions(descriptor, tls, service) { options in
            withVaList([MHD_OPTION.ARRAY.rawValue, options, MHD_OPTION.END.rawValue]) {
                MHD_start_daemon_va(flags, 0, nil, nil, takeCall, retained.toOpaque(), $0)
            }
        }
        guard let started else {
            close(descriptor)
            retained.release()
            return nil
        }
        handle = started
        self.service = retained
    }

    /// Takes no more connections; those that are there go on. What has not been accepted yet is refused.
    mutating func quiesce() {
        let descriptor = MHD_quiesce_daemon(handle)
        guard descriptor >= 0 else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
        // Threads of libmicrohttpd may use it until they have ended.
        quiesced = descriptor
    }

    /// Closes all connections. None may be suspended.
    func stop() {
        MHD_stop_daemon(handle)
        if let quiesced { close(quiesced) }
        service.release()
    }

    private static func withOptions<Result>(
        _ descriptor: Int32, _ tls: ServerTLSIdentity?, _ service: RequestService,
        _ body: (UnsafeMutablePointer<MHD_OptionItem>) -> Result
    ) -> Result {
        // libmicrohttpd keeps no pointer to the PEM texts after the start.
        let key = Array((tls?.privateKeyPEM.revealed ?? "").utf8CString)
        let chain = Array((tls?.certificateChainPEM ?? "").utf8CString)
        return key.withUnsafeBytes { key in
            chain.withUnsafeBytes { chain in
                let callback = { (function: UnsafeMutableRawPointer) in Int(bitPattern: function) }
                var options = [
                    MHD_OptionItem(option: .LISTEN_SOCKET, value: Int(descriptor), ptr_value: nil),
                    MHD_OptionItem(option: .CONNECTION_TIMEOUT, value: 120, ptr_value: nil),
                    MHD_OptionItem(option: .CONNECTION_MEMORY_LIMIT, value: 256 << 10, ptr_value: nil),
                    MHD_OptionItem(
                        option: .URI_LOG_CALLBACK,
                        value: callback(unsafeBitCast(beginRequest, to: UnsafeMutableRawPointer.self)), ptr_value: nil),
                    MHD_OptionItem(
                        option: .NOTIFY_COMPLETED,
                        value: callback(unsafeBitCast(endRequest, to: UnsafeMutableRawPointer.self)), ptr_value: nil),
                ]
                if tls != nil {
                    options.append(
                        MHD_OptionItem(
                            option: .HTTPS_MEM_KEY, value: 0,
                            ptr_value: UnsafeMutableRawPointer(mutating: key.baseAddress)))
                    options.append(
                        MHD_OptionItem(
                            option: .HTTPS_MEM_CERT, value: 0,
                            ptr_value: UnsafeMutableRawPointer(mutating: chain.baseAddress)))
                }
                if case .suspending = service.handler {
                    options.append(MHD_OptionItem(option: .THREAD_POOL_SIZE, value: pollingThreads, ptr_value: nil))
                    options.append(MHD_OptionItem(option: .CONNECTION_LIMIT, value: 4096, ptr_value: nil))
                }
                if service.requestsClientCertificate {
                    options.append(
                        MHD_OptionItem(
                            option: .NOTIFY_CONNECTION,
                            value: callback(unsafeBitCast(askForCertificate, to: UnsafeMutableRawPointer.self)),
                            ptr_value: nil))
                }
                options.append(MHD_OptionItem(option: .END, value: 0, ptr_value: nil))
                return options.withUnsafeMutableBufferPointer { body($0.baseAddress!) }  // never empty
            }
        }
    }
}

/// They only move bytes; handlers run elsewhere.
private let pollingThreads = 2

/// A connection was made and its handshake has not begun.
private let askForCertificate:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        MHD_ConnectionNotificationCode
    ) -> Void = { _, connection, _, code in
        if code == .CONNECTION_NOTIFY_STARTED, let connection { certway_request_certificate(connection) }
    }

/// The request line is there: makes the object that libmicrohttpd hands to the two calls below.
private let beginRequest:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
        _, target, _ in
        Unmanaged.passRetained(IncomingRequest(target: target.map { String(cString: $0) } ?? "")).toOpaque()
    }

private let endRequest:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        MHD_RequestTerminationCode
    ) -> Void = { _, _, state, _ in
        guard let object = state?.pointee else { return }
        Unmanaged<IncomingRequest>.fromOpaque(object).release()
        state?.pointee = nil
    }

private let takeCall: MHD_AccessHandlerCallback = { service, connection, path, method, _, part, size, state in
    guard let service, let connection, let path, let method, let size, let object = state?.pointee else {
        return .NO
    }
    let bytes = UnsafeRawBufferPointer(start: part, count: part == nil ? 0 : size.pointee)
    defer { size.pointee = 0 }
    return Unmanaged<IncomingRequest>.fromOpaque(object).takeUnretainedValue().advance(
        connection, path: String(cString: path), method: String(cString: method),
        part: bytes.bindMemory(to: UInt8.self),
        service: Unmanaged<RequestService>.fromOpaque(service).takeUnretainedValue())
}
