// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Settings
import SignIn

/// The cookies of the console. Over TLS their names begin with `__Host-`: no other host and no plain connection can plant them (RFC
/// 6265bis section 4.1.3.2). Plain HTTP on loopback cannot have such names, so it has others, which count nowhere else.
struct SessionCookie {
    let isSecure: Bool

    init(_ console: ConsoleConfiguration?) {
        guard let console else {
            isSecure = false
            return
        }
        isSecure =
            console.publicURL?.hasPrefix("https://") ?? (console.tls != nil || !console.trustedProxies.isEmpty)
    }

    private var prefix: String { isSecure ? "__Host-" : "" }
    private var name: String { "\(prefix)certway-session" }
    private func attemptName(_ mark: String) -> String { "\(prefix)certway-attempt-\(mark)" }

    /// What the browser shows as its session; nil for none that could be.
    func session(of request: ServerRequest) -> SecretText? {
        Self.value(name, of: request).flatMap { SecretText.session(cookie: $0) }
    }

    /// Whether it shows anything under that name.
    func isThere(_ request: ServerRequest) -> Bool { Self.value(name, of: request) != nil }

    /// The attempt that a state belongs to, with the path to go back to; nil where this browser began none such.
    func attempt(ofState state: String, _ request: ServerRequest) -> (attempt: SignInAttempt, path: String?)? {
        let parts = Self.value(attemptName(SignInAttempt.mark(ofState: state)), of: request)?.split(separator: ".")
        guard let parts, let first = parts.first, let attempt = SignInAttempt(cookie: String(first)),
            attempt.isAnswered(by: state)
        else { return nil }
        return (attempt, parts.count == 2 ? Self.text(parts[1]) : nil)
    }

    /// Keeps an attempt in the browser for as long as somebody may take at the tenant's page.
    func setting(_ attempt: SignInAttempt, returning path: ReturnPath?) -> (name: String, value: String) {
        let way = path.map { "." + Self.letters($0.text) } ?? ""
        return header(
            attemptName(SignInAttempt.mark(ofState: attempt.state)), attempt.secret.revealed + way,
            "; Max-Age=\(SignInAttempt.lifetime)")
    }

    func clearingAttempt(ofState state: String) -> (name: String, value: String) {
        header(attemptName(SignInAttempt.mark(ofState: state)), "", "; Max-Age=0")
    }

    /// Until the browser is closed; how long it counts, the database says.
    func setting(_ session: SecretText) -> (name: String, value: String) { header(name, session.value.revealed, "") }

    var clearing: (name: String, value: String) { header(name, "", "; Max-Age=0") }

    private func header(_ name: String, _ value: String, _ more: String) -> (name: String, value: String) {
        ("Set-Cookie", "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")\(more)")
    }

    /// The first cookie of that name (RFC 6265 section 4.2): who can add one behind it changes nothing.
    static func value(_ name: String, of request: ServerRequest) -> String? {
        for header in request.headers where header.name.lowercased() == "cookie" {
            for pair in header.value.split(separator: ";") {
                let trimmed = pair.drop { $0 == " " }
                guard trimmed.hasPrefix(name + "=") else { continue }
                return String(trimmed.dropFirst(name.utf8.count + 1))
            }
        }
        return nil
    }

    /// A path as letters that may stand in a cookie.
    private static func letters(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    private static func text(_ letters: Substring) -> String? {
        let digits = Array(letters)
        guard digits.count.isMultiple(of: 2) else { return nil }
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
        }
        return bytes.count * 2 == digits.count ? String(validating: bytes, as: UTF8.self) : nil
    }
}

extension ServerAnswer {
    /// The same with these cookies; there may be several.
    func setting(_ cookies: [(name: String, value: String)]) -> ServerAnswer {
        guard case .response(let status, let headers, let body) = self else { return self }
        return .response(status: status, headers: headers + cookies, body: body)
    }
}
