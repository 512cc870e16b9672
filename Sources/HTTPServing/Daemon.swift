// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD
internal import Glibc

/// The running libmicrohttpd daemon: the one place that starts and stops it.
struct Daemon: @unchecked Sendable {
    // libmicrohttpd allows any thread to stop a daemon; `HTTPServer` sees to it that only one does.
    private let handle: OpaquePointer
    private let service: Unmanaged<RequestService>

    /// Takes the socket over; nil when libmicrohttpd refuses.
    init?(socket: consuming ListeningSocket, tls: ServerTLSIdentity?, service: RequestService) {
        let retained = Unmanaged.passRetained(service)
        let descriptor = socket.take()
        var flags = MHD_USE_INTERNAL_POLLING_THREAD.rawValue | MHD_USE_THREAD_PER_CONNECTION.rawValue
        flags |= MHD_USE_POLL.rawValue
        if tls != nil { flags |= MHD_USE_TLS.rawValue }
        let started = Self.withOptions(descriptor, tls, requestsClientCertificate: service.requestsClientCertificate) {
            options in
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

    func stop() {
        MHD_stop_daemon(handle)
        service.release()
    }

    private static func withOptions<Result>(
        _ descriptor: Int32, _ tls: ServerTLSIdentity?, requestsClientCertificate: Bool,
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
                if requestsClientCertificate {
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
