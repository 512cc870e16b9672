// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Refusals of SSL.com (docs/wire/ssl-com.md section 3).
enum SSLComError {
    static func reply(_ status: Int, _ field: String, _ text: String) -> Reply {
        .json(["errors": .object([field: [.string(text)]])], status: status)
    }

    static let login = reply(401, "login", "unable to find an account with these credentials")
    static let funds = reply(402, "funding_source", "insufficient funds")
    static let unknownRef = reply(404, "ref", "not found")
    static let badRequest = reply(400, "request", "is not a JSON object")
    static let badCSR = reply(400, "csr", "csr has problems")

    /// What a request gets that the service was not made for.
    static let serverError = Reply.text(
        "<html><body><h1>server error</h1></body></html>", type: "text/html", status: 500)

    static func unknownParameter(_ name: String) -> Reply { reply(400, name, "is not a known parameter") }
}
