// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Failures of the web server in front of the CA: pages in HTML, as IIS and ASP write them.
struct CertificateServicesDialect: ServiceDialect {
    func throttled(_ generator: inout SeededGenerator) -> Reply { Self.page(503, "Service Unavailable") }

    func unavailable(_ generator: inout SeededGenerator) -> Reply {
        guard Bool.random(using: &generator) else { return Self.page(503, "Service Unavailable") }
        return .text(
            """
            <font face="Arial" size=2>
            <p>Server object</font> <font face="Arial" size=2>error 'ASP 0177 : 800706ba'</font>
            <p><font face="Arial" size=2>Server.CreateObject Failed</font>
            <p><font face="Arial" size=2>/certsrv/certfnsh.asp</font>

            """, type: "text/html", status: 500)
    }

    func noSuchRoute(_ method: String, _ path: String) -> Reply {
        Self.page(404, "File or directory not found.")
    }

    func failure(status: Int) -> Reply { Self.page(status, "A failure was ordered.") }

    func dress(_ reply: Reply, for call: Call) -> Reply {
        // Answers of ASP pages to who signed in carry a session that nobody needs.
        guard call.request.path.hasSuffix(".asp"), reply.status == 200 else { return reply }
        return reply.adding("Set-Cookie", "ASPSESSIONIDSANDBOX=\(GUID.random().filter { $0 != "-" }); path=/")
    }

    private static func page(_ status: Int, _ title: String) -> Reply {
        .text(
            """
            <HTML><HEAD><TITLE>\(status) - \(title)</TITLE></HEAD>
            <BODY><H1>Server Error</H1><H2>\(status) - \(title)</H2></BODY></HTML>

            """, type: "text/html", status: status)
    }
}
