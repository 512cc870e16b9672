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
        let started = Self.withOptions(descriptor, tls, retained) { options in
            withVaList([MHD_OPTION.ARRAY.rawValue, options, MHD_OPTION.END.rawValue]) {
                MHD_start_daemon_va(flags, 0, admit, retained.toOpaque(), takeCall, retained.toOpaque(), $0)
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
        _ descriptor: Int32, _ tls: ServerTLSIdentity?, _ service: Unmanaged<RequestService>,
        _ body: (UnsafeMutablePointer<MHD_OptionItem>) -> Result
    ) -> Result {
        // libmicrohttpd keeps no pointer to these texts after the start.
        let key = Array((tls?.privateKeyPEM.revealed ?? "").utf8CString)
        let chain = Array((tls?.certificateChainPEM ?? "").utf8CString)
        let priorities = Array(tlsPriorities.utf8CString)
        return key.withUnsafeBytes { key in
            chain.withUnsafeBytes { chain in
                priorities.withUnsafeBytes { priorities in
                    var options = Self.options(descriptor, service)
                    if tls != nil {
                        let texts = [
                            (MHD_OPTION.HTTPS_MEM_KEY, key), (.HTTPS_MEM_CERT, chain), (.HTTPS_PRIORITIES, priorities),
                        ]
                        options += texts.map {
                            MHD_OptionItem(
                                option: $0, value: 0, ptr_value: UnsafeMutableRawPointer(mutating: $1.baseAddress))
                        }
                    }
                    options.append(MHD_OptionItem(option: .END, value: 0, ptr_value: nil))
                    return options.withUnsafeMutableBufferPointer { body($0.baseAddress!) }  // never empty
                }
            }
        }
    }

    private static func options(_ descriptor: Int32, _ service: Unmanaged<RequestService>) -> [MHD_OptionItem] {
        let number = { (option: MHD_OPTION, value: Int) in MHD_OptionItem(option: option, value: value, ptr_value: nil)
        }
        let callback = { (option: MHD_OPTION, function: UnsafeMutableRawPointer) in
            MHD_OptionItem(option: option, value: Int(bitPattern: function), ptr_value: service.toOpaque())
        }
        let limits = service.takeUnretainedValue().table?.limits
        var options = [
            number(.LISTEN_SOCKET, Int(descriptor)), number(.CONNECTION_TIMEOUT, 120),
            // Twice what is allowed, so that our own answer comes first. An idle connection costs as much memory.
            number(.CONNECTION_MEMORY_LIMIT, limits.map { 2 * ($0.headSize + $0.targetSize) } ?? 256 << 10),
            callback(.URI_LOG_CALLBACK, unsafeBitCast(beginRequest, to: UnsafeMutableRawPointer.self)),
            callback(.NOTIFY_COMPLETED, unsafeBitCast(endRequest, to: UnsafeMutableRawPointer.self)),
            callback(.NOTIFY_CONNECTION, unsafeBitCast(noteConnection, to: UnsafeMutableRawPointer.self)),
        ]
        if let limits {
            options.append(number(.THREAD_POOL_SIZE, pollingThreads))
            // Each thread has its part, which it may need to exceed: ours is the limit that counts.
            options.append(number(.CONNECTION_LIMIT, pollingThreads * (limits.connections + 256)))
        }
        return options
    }
}

/// They only move bytes; handlers run elsewhere.
private let pollingThreads = 2

/// TLS 1.2 and later. The default of GnuTLS is the distribution's, and has 1.0 in Debian.
private let tlsPriorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

private let admit: MHD_AcceptPolicyCallback = { service, address, _ in
    guard let service, let address else { return .NO }
    guard let table = Unmanaged<RequestService>.fromOpaque(service).takeUnretainedValue().table else { return .YES }
    return ClientAddress(address).map(table.admits) ?? false ? .YES : .NO
}

/// A connection was made and its handshake has not begun, or it is about to be closed.
private let noteConnection:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        MHD_ConnectionNotificationCode
    ) -> Void = { service, connection, context, code in
        guard let service, let connection, let context else { return }
        let own = Unmanaged<RequestService>.fromOpaque(service).takeUnretainedValue()
        if code == .CONNECTION_NOTIFY_STARTED {
            // A number in the place of a pointer.
            context.pointee = UnsafeMutableRawPointer(bitPattern: own.begin(connection))
        } else {
            own.table?.end(Int(bitPattern: context.pointee))
        }
    }

/// The request line is there: makes the object that libmicrohttpd hands to the two calls below.
private let beginRequest:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
        service, target, connection in
        guard let service, let connection else { return nil }
        let request = IncomingRequest(
            target: target.map { String(cString: $0) } ?? "",
            number: Int(bitPattern: certway_connection_context(connection)),
            service: Unmanaged<RequestService>.fromOpaque(service).takeUnretainedValue())
        return Unmanaged.passRetained(request).toOpaque()
    }

private let endRequest:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        MHD_RequestTerminationCode
    ) -> Void = { _, _, state, code in
        guard let object = state?.pointee else { return }
        Unmanaged<IncomingRequest>.fromOpaque(object).takeRetainedValue().end(code)
        state?.pointee = nil
    }

private let takeCall: MHD_AccessHandlerCallback = { _, connection, path, method, _, part, size, state in
    guard let connection, let path, let method, let size, let object = state?.pointee else { return .NO }
    let bytes = UnsafeRawBufferPointer(start: part, count: part == nil ? 0 : size.pointee)
    defer { size.pointee = 0 }
    return Unmanaged<IncomingRequest>.fromOpaque(object).takeUnretainedValue().advance(
        connection, path: String(cString: path), method: String(cString: method),
        part: bytes.bindMemory(to: UInt8.self))
}
