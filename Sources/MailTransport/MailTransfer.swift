// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CMailCurl
internal import Glibc
internal import Secrets

/// One mail on its way: a libcurl handle with what it points to, used by one thread.
final class MailTransfer {
    private let server: MailServer
    private let easy: UnsafeMutableRawPointer?
    private let errorBuffer = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var recipients: UnsafeMutablePointer<curl_slist>?
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var mime: OpaquePointer?
    /// What libcurl has not taken yet.
    fileprivate var rest: ArraySlice<UInt8> = []
    /// The file of the mail, and how many of its bytes libcurl has taken.
    fileprivate var attachment: Secret?
    fileprivate var taken = 0
    /// Whether libcurl has begun to take the text, which it does when the server has asked for it.
    fileprivate var hasBegun = false

    init(_ server: MailServer) {
        self.server = server
        easy = curl_easy_init()
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_mime_free(mime)
        curl_slist_free_all(recipients)
        curl_slist_free_all(headers)
        errorBuffer.deallocate()
    }

    func perform(_ message: MailMessage) throws(MailError) {
        guard let easy else { throw MailError(.later, "libcurl has no memory for another connection") }
        prepareConnection(easy)
        prepare(message, easy)
        // `server` lives as long as this object, and so do the secret buffers that libcurl borrows.
        let code = curl_easy_perform(easy)
        guard code != CURLE_OK else { return }
        throw error(code, easy)
    }

    /// Signs in, says NOOP (RFC 5321 section 4.1.1.9) and leaves.
    func knock() throws(MailError) {
        guard let easy else { throw MailError(.later, "libcurl has no memory for another connection") }
        prepareConnection(easy)
        set(CURLOPT_CUSTOMREQUEST, "NOOP")
        // The answer is nobody's to print.
        set(CURLOPT_NOBODY, 1)
        let code = curl_easy_perform(easy)
        guard code != CURLE_OK else { return }
        throw error(code, easy)
    }

    private func prepareConnection(_ easy: UnsafeMutableRawPointer) {
        set(CURLOPT_ERRORBUFFER, errorBuffer)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_URL, server.url)
        set(CURLOPT_PROTOCOLS_STR, server.security == .tls ? "smtps" : "smtp")
        set(CURLOPT_NOPROXY, "*")
        set(CURLOPT_CONNECTTIMEOUT_MS, 10_000)
        set(CURLOPT_TIMEOUT_MS, 60_000)
        _ = certway_mail_sockopt(easy, closeOnExec)
        set(CURLOPT_USE_SSL, certway_mail_needs_tls)
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        if let roots = server.rootsPEM {
            // The system's hashed folder would be trusted beside own anchors.
            _ = certway_mail_pointer(easy, CURLOPT_CAPATH, nil)
            let bytes = Array(roots.utf8)
            bytes.withUnsafeBytes { bytes in
                var blob = curl_blob(
                    data: UnsafeMutableRawPointer(mutating: bytes.baseAddress), len: bytes.count,
                    flags: UInt32(CURL_BLOB_COPY))
                set(CURLOPT_CAINFO_BLOB, &blob)
            }
        }
        if let user = server.user, let password = server.password {
            set(CURLOPT_USERNAME, user)
            set(CURLOPT_PASSWORD, password.revealed)
        }
    }

    private func prepare(_ message: MailMessage, _ easy: UnsafeMutableRawPointer) {
        set(CURLOPT_MAIL_FROM, "<\(message.from.text)>")
        recipients = curl_slist_append(nil, "<\(message.to.text)>")
        if let recipients { set(CURLOPT_MAIL_RCPT, recipients) }
        for line in message.headers { headers = curl_slist_append(headers, line) ?? headers }
        if let headers { set(CURLOPT_HTTPHEADER, headers) }
        rest = Array(message.text.utf8)[...]
        mime = curl_mime_init(easy)
        let part = curl_mime_addpart(mime)
        curl_mime_type(part, "text/plain; charset=utf-8")
        curl_mime_encoder(part, "quoted-printable")
        curl_mime_data_cb(part, -1, giveText, nil, nil, Unmanaged.passUnretained(self).toOpaque())
        if let file = message.attachment {
            attachment = file.content
            let part = curl_mime_addpart(mime)
            curl_mime_type(part, file.mediaType)
            curl_mime_filename(part, file.name)
            curl_mime_encoder(part, "base64")
            curl_mime_data_cb(
                part, curl_off_t(file.content.count), giveFile, nil, nil, Unmanaged.passUnretained(self).toOpaque())
        }
        if let mime { _ = certway_mail_pointer(easy, CURLOPT_MIMEPOST, UnsafeRawPointer(mime)) }
    }

    /// Says who must act. Whatever ends before the last piece was taken has not been sent: a server throws away what lacks its end
    /// (RFC 5321 section 4.1.1.4).
    private func error(_ code: CURLcode, _ easy: UnsafeMutableRawPointer) -> MailError {
        var answer = 0
        _ = certway_mail_code(easy, &answer)
        let said = String(cString: errorBuffer[0] == 0 ? curl_easy_strerror(code) : UnsafePointer(errorBuffer))
        let sentence = "\(server.host):\(server.port): \(said.trimmed)" + (answer >= 400 ? " (answer \(answer))" : "")
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_USE_SSL_FAILED,
            CURLE_LOGIN_DENIED, CURLE_SSL_CACERT_BADFILE, CURLE_UNSUPPORTED_PROTOCOL:
            return MailError(answer == 454 || answer == 421 ? .later : .configuration, sentence)
        default: break
        }
        if answer >= 500 { return MailError(.refused, sentence) }
        if answer >= 400 { return MailError(.later, sentence) }
        guard hasBegun, rest.isEmpty, taken == attachment?.count ?? 0 else { return MailError(.later, sentence) }
        return MailError(.outcomeUnknown, "the whole mail had left, and no answer came: \(sentence)")
    }

    private func set(_ option: CURLoption, _ value: Int) { _ = certway_mail_long(easy, option, value) }
    private func set(_ option: CURLoption, _ text: String) { _ = certway_mail_pointer(easy, option, text) }
    private func set(_ option: CURLoption, _ pointer: UnsafeRawPointer) {
        _ = certway_mail_pointer(easy, option, pointer)
    }
}

private let giveText: curl_read_callback = { buffer, size, count, context in
    guard let context, let buffer else { return certway_mail_pause }
    let transfer = Unmanaged<MailTransfer>.fromOpaque(context).takeUnretainedValue()
    transfer.hasBegun = true
    let piece = transfer.rest.prefix(size * count)
    UnsafeMutableRawBufferPointer(start: buffer, count: size * count).copyBytes(from: piece)
    transfer.rest = transfer.rest.dropFirst(piece.count)
    return piece.count
}

private let giveFile: curl_read_callback = { buffer, size, count, context in
    guard let context, let buffer else { return certway_mail_pause }
    let transfer = Unmanaged<MailTransfer>.fromOpaque(context).takeUnretainedValue()
    guard let file = transfer.attachment else { return 0 }
    return file.withBytes { bytes in
        let piece = UnsafeRawBufferPointer(rebasing: bytes[transfer.taken...].prefix(size * count))
        UnsafeMutableRawBufferPointer(start: buffer, count: size * count).copyBytes(from: piece)
        transfer.taken += piece.count
        return piece.count
    }
}

/// Programs started later must not inherit the connection.
private let closeOnExec: curl_sockopt_callback = { _, socket, _ in
    fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR
}

extension String {
    fileprivate var trimmed: String {
        String(split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(300))
    }
}
