// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import Glibc
internal import Secrets

/// One libcurl easy handle with what it points to; used by the event loop's thread only, again and again.
final class CurlHandle {
    let easy: UnsafeMutableRawPointer
    private let errorBuffer = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var headerLines: UnsafeMutablePointer<curl_slist>?

    /// - Parameter share: where the TLS sessions are that a new connection may resume; outlives the handle.
    init?(sharing share: UnsafeMutableRawPointer) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        // It stays over `reset`.
        set(CURLOPT_SHARE, pointer: share)
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerLines)
        errorBuffer.deallocate()
    }

    /// Forgets the last request; connections, name cache and TLS sessions stay.
    func reset() {
        curl_easy_reset(easy)
        curl_slist_free_all(headerLines)
        headerLines = nil
        errorBuffer[0] = 0
    }

    /// Describes `transfer` to libcurl. The transfer must outlive the exchange: libcurl keeps pointers to it and to its
    /// TLS options.
    func prepare(_ transfer: CurlTransfer, defaults: CurlDefaults) {
        let request = transfer.request
        let address = transfer.address
        set(CURLOPT_ERRORBUFFER, pointer: errorBuffer)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, address.scheme)
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_ACCEPT_ENCODING, "gzip")
        set(CURLOPT_USERAGENT, defaults.userAgent)
        set(CURLOPT_TIMEOUT_MS, request.timeout.milliseconds)
        // Without it libcurl forgets a length beyond its integers, and takes half a body for the whole.
        _ = certway_setopt_offset(easy, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(request.maximumResponseSize))
        set(
            CURLOPT_CONNECTTIMEOUT_MS,
            min(request.connectTimeout ?? defaults.connectTimeout, request.timeout).milliseconds)
        set(CURLOPT_MAXAGE_CONN, request.isSafe ? defaults.maximumIdleTime : defaults.maximumIdleTimeForUnsafe)
        if address.isLoopback { set(CURLOPT_NOPROXY, "*") }
        if address.scheme == "https" { setTLS(request.tls, defaults.tls) }
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        setMethod(request)
        setHeaders(request)
        if let authentication = request.authentication { setAuthentication(authentication, context) }
        if transfer.wantsCommentary {
            set(CURLOPT_VERBOSE, 1)
            _ = certway_setopt_debug(easy, takeCommentary, context)
        }
        _ = certway_setopt_write(easy, takeBytes, context)
        _ = certway_setopt_prereq(easy, beginAttempt, context)
        _ = certway_setopt_sockopt(easy, closeOnExec)
        set(CURLOPT_PRIVATE, pointer: context)
    }

    private func setTLS(_ options: TLSOptions?, _ defaults: TLSOptions) {
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        // The system's hashed folder would be trusted beside own anchors. Its file holds what the folder holds, and libcurl keeps
        // what it has read of the file (CURLOPT_CA_CACHE_TIMEOUT, a day) only where no folder is named; else each connection
        // parses some 150 certificates anew.
        _ = certway_setopt_pointer(easy, CURLOPT_CAPATH, nil)
        if let anchors = options?.trustAnchors ?? defaults.trustAnchors { set(CURLOPT_CAINFO_BLOB, blob: anchors) }
        if let chain = options?.certificateChain { set(CURLOPT_SSLCERT_BLOB, blob: chain) }
        if let key = options?.privateKey { set(CURLOPT_SSLKEY_BLOB, blob: key) }
    }

    private func setMethod(_ request: HTTPRequest) {
        if let body = request.body {
            set(CURLOPT_POST, 1)
            _ = certway_setopt_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            // The other schemes take the body piece by piece, see `setAuthentication`.
            if request.authentication?.isOfConnection == true, !body.isEmpty { return setMethodName(request) }
            body.withUnsafeBytes { bytes in
                // libcurl would read a body from standard input for a null pointer.
                if let start = bytes.baseAddress {
                    set(CURLOPT_COPYPOSTFIELDS, pointer: start)
                } else {
                    set(CURLOPT_COPYPOSTFIELDS, "")
                }
            }
            setMethodName(request)
        } else if request.method == "HEAD" {
            set(CURLOPT_NOBODY, 1)
        } else if request.method != "GET" {
            set(CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    /// For a request with a body, which is a POST to libcurl.
    private func setMethodName(_ request: HTTPRequest) {
        if request.method != "POST" { set(CURLOPT_CUSTOMREQUEST, request.method) }
    }

    /// Lets libcurl sign in, and tells the transfer what it needs to know which leg was the request itself.
    private func setAuthentication(_ authentication: HTTPAuthentication, _ context: UnsafeMutableRawPointer) {
        switch authentication {
        case .basic(let user, let password):
            set(CURLOPT_HTTPAUTH, certway_auth_basic)
            set(CURLOPT_USERNAME, user)
            set(CURLOPT_PASSWORD, password.revealed)
        case .ntlm(let user, let password):
            set(CURLOPT_HTTPAUTH, certway_auth_ntlm)
            set(CURLOPT_USERNAME, user)
            // libcurl makes UTF-16 of it by putting a zero after each byte, which is right for Latin-1.
            let bytes = password.revealed.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } + [0]
            set(CURLOPT_PASSWORD, pointer: bytes)
        case .negotiate:
            set(CURLOPT_HTTPAUTH, certway_auth_negotiate)
            // Whose ticket it is stands in the credential cache.
            set(CURLOPT_USERNAME, "")
            set(CURLOPT_PASSWORD, "")
        }
        guard authentication.isOfConnection else { return }
        _ = certway_setopt_read(easy, giveBody, rewindBody, context)
        _ = certway_setopt_header(easy, takeHeaderLine, context)
    }

    private func setHeaders(_ request: HTTPRequest) {
        func add(_ line: String) { headerLines = curl_slist_append(headerLines, line) ?? headerLines }
        var hasContentType = false
        for (name, value) in request.headers {
            // `Name;` is libcurl's spelling of a header with an empty value; `Name:` would remove it.
            add(value.isEmpty ? "\(name);" : "\(name): \(value)")
            if name.equalsIgnoringCase("Content-Type") { hasContentType = true }
        }
        if request.body != nil {
            add("Expect:")
            if !hasContentType { add("Content-Type:") }
        }
        if let headerLines { set(CURLOPT_HTTPHEADER, pointer: headerLines) }
    }

    /// Whether the connection may carry another request when this one is done; libcurl keeps it for the next leg anyway.
    func keepsConnection(_ keeps: Bool) { set(CURLOPT_FORBID_REUSE, keeps ? 0 : 1) }

    var status: Int {
        var status = 0
        _ = certway_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    /// Whether the answer speaks the protocol of the request, as its status line has it.
    var isHTTP1: Bool {
        var version = 0
        _ = certway_getinfo_long(easy, CURLINFO_HTTP_VERSION, &version)
        return version == CURL_HTTP_VERSION_1_0 || version == CURL_HTTP_VERSION_1_1
    }

    /// Whether the exchange opened a connection.
    var isOnNewConnection: Bool {
        var count = 0
        _ = certway_getinfo_long(easy, CURLINFO_NUM_CONNECTS, &count)
        return count > 0
    }

    /// Header lines of the final answer, as libcurl split them.
    var responseHeaders: HTTPHeaders {
        var lines: [(name: String, value: String)] = []
        var header = curl_easy_nextheader(easy, UInt32(CURLH_HEADER), -1, nil)
        while let line = header {
            // libcurl leaves the end of the line where a value is empty.
            let value = String(cString: line.pointee.value)
            lines.append((String(cString: line.pointee.name), value.allSatisfy(\.isWhitespace) ? "" : value))
            header = curl_easy_nextheader(easy, UInt32(CURLH_HEADER), -1, line)
        }
        return HTTPHeaders(lines)
    }

    func errorText(_ code: CURLcode) -> String {
        String(cString: errorBuffer[0] == 0 ? curl_easy_strerror(code) : UnsafePointer(errorBuffer))
    }

    private func set(_ option: CURLoption, _ value: Int) { _ = certway_setopt_long(easy, option, value) }
    private func set(_ option: CURLoption, _ text: String) { _ = certway_setopt_pointer(easy, option, text) }

    private func set(_ option: CURLoption, pointer: UnsafeRawPointer) {
        _ = certway_setopt_pointer(easy, option, pointer)
    }

    /// Lends libcurl a secret's own buffer, so that no copy stays behind; the transfer keeps the secret alive.
    private func set(_ option: CURLoption, blob secret: Secret) {
        secret.withBytes { bytes in
            var blob = curl_blob(
                data: UnsafeMutableRawPointer(mutating: bytes.baseAddress), len: bytes.count,
                flags: UInt32(CURL_BLOB_NOCOPY))
            set(option, pointer: &blob)
        }
    }
}

private let takeBytes: curl_write_callback = { bytes, size, count, context in
    guard let context else { return 0 }
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private let beginAttempt: curl_prereq_callback = { context, _, _, _, _ in
    guard let context else { return CURL_PREREQFUNC_ABORT }
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.beginAttempt() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

private let giveBody: curl_read_callback = { buffer, size, count, context in
    guard let context, let buffer else { return Int(CURL_READFUNC_ABORT) }
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.giveBody(UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
        ?? Int(CURL_READFUNC_ABORT)
}

private let rewindBody: curl_seek_callback = { context, offset, origin in
    guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    transfer.rewindBody(to: Int(offset))
    return CURL_SEEKFUNC_OK
}

private let takeHeaderLine: curl_write_callback = { bytes, size, count, context in
    guard let context else { return 0 }
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    transfer.receiveHeaderLine(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

private let takeCommentary: curl_debug_callback = { _, kind, text, length, context in
    guard kind == CURLINFO_TEXT, let context else { return 0 }
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    transfer.receiveCommentary(UnsafeRawBufferPointer(start: text, count: length))
    return 0
}

/// Programs started later (external connectors) must not inherit connections.
private let closeOnExec: curl_sockopt_callback = { _, socket, _ in
    fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR
}

extension Duration {
    /// Whole milliseconds, at least one: libcurl takes zero for "no limit".
    fileprivate var milliseconds: Int { Int(max(1, min(self / .milliseconds(1), Double(Int32.max)))) }
}
