// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing

/// Who a request is from. The sandbox knows Basic; behind a web server that did NTLM or Kerberos it is told the name.
enum AccountCheck: Sendable {
    case basic
    /// The web server in front puts the name of who authenticated into this header.
    case trustedHeader(String)

    /// The header that carries REMOTE_USER.
    static let proxyHeader = "X-Remote-User"

    func account(of request: ServerRequest, in domain: WindowsDomain, _ switches: CASwitches) throws(Reply)
        -> WindowsAccount
    {
        let found = find(request, domain)
        guard switches.accepts(credentialsAreRight: found != nil) else { throw refusal }
        return found ?? domain.gateway
    }

    private func find(_ request: ServerRequest, _ domain: WindowsDomain) -> WindowsAccount? {
        switch self {
        case .trustedHeader(let name): return request.header(name).flatMap { domain.account($0) }
        case .basic:
            let words = (request.header("Authorization") ?? "").split(separator: " ", maxSplits: 1)
            guard words.count == 2, words[0].lowercased() == "basic",
                let bytes = Data(base64Encoded: String(words[1])),
                let text = String(data: bytes, encoding: .utf8) ?? String(data: bytes, encoding: .windowsCP1252),
                let colon = text.firstIndex(of: ":")
            else { return nil }
            return domain.logIn(String(text[..<colon]), password: String(text[text.index(after: colon)...]))
        }
    }

    private var refusal: Reply {
        let page = """
            <HTML><HEAD><TITLE>401 - Unauthorized: Access is denied due to invalid credentials.</TITLE></HEAD><BODY>
            <H1>Server Error</H1><H2>401 - Unauthorized: Access is denied due to invalid credentials.</H2></BODY></HTML>

            """
        let reply = Reply.text(page, type: "text/html", status: 401)
        // Behind a web server it is that one that offers ways to authenticate.
        return self == .basic ? reply.adding("WWW-Authenticate", "Basic realm=\"localhost\"") : reply
    }
}

extension AccountCheck: Equatable {}
