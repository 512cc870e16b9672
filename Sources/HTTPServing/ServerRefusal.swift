// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Why a request is answered before any handler has seen it, as the problem document (RFC 9457) that handlers of the service give, too.
struct ServerRefusal {
    let status: Int
    let code: ProblemCode
    let title: String
    let detail: String
    var actor = "caller"
    let nextStep: String
    /// Seconds.
    var retryAfter: Int?
    /// Whether what the client sends next cannot be told from the rest of this request.
    var closes = false

    var answer: ServerAnswer {
        let document: JSONValue = [
            "type": .string(code.address), "title": .string(title), "status": JSONValue(status),
            "detail": .string(detail), "code": .string(code.rawValue), "actor": .string(actor),
            "nextStep": .string(nextStep),
            "retryAfter": retryAfter.map { JSONValue($0) } ?? .null, "id": .string(UUID().uuidString.lowercased()),
            "errors": [],
        ]
        var headers = [
            (name: "Content-Type", value: "application/problem+json"), ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        if let retryAfter { headers.append(("Retry-After", "\(retryAfter)")) }
        if closes { headers.append(("Connection", "close")) }
        return .response(status: status, headers: headers, body: Array(document.text.utf8))
    }

    static func largeBody(limit: Int) -> ServerRefusal {
        ServerRefusal(
            status: 413, code: .bodyTooLarge, title: "The body is too large.",
            detail: "the request body is too large: it may have \(limit) bytes", nextStep: "Send less in one request.")
    }

    static func longTarget(limit: Int) -> ServerRefusal {
        ServerRefusal(
            status: 414, code: .addressTooLong, title: "The address is too long.",
            detail: "address and query of the request may have \(limit) bytes", nextStep: "Ask for less in one request."
        )
    }

    static func largeHead(limit: Int) -> ServerRefusal {
        ServerRefusal(
            status: 431, code: .headersTooLarge, title: "The headers are too large.",
            detail: "the headers of a request may have \(limit) bytes together",
            nextStep: "Send fewer or shorter headers; in a browser, delete the cookies of this site.")
    }

    static let twoLengths = ServerRefusal(
        status: 400, code: .twoLengths, title: "The request tells its length more than once.",
        detail: "it has several Content-Length, or Content-Length beside Transfer-Encoding (RFC 9112 section 6.3)",
        nextStep: "Send one of them.", closes: true)

    static let unknownCoding = ServerRefusal(
        status: 400, code: .unknownCoding, title: "The request's end cannot be found.",
        detail: "it has another Transfer-Encoding than chunked (RFC 9112 section 6.3)",
        nextStep: "Send the body with Content-Length.", closes: true)

    static let nullInAddress = ServerRefusal(
        status: 400, code: .nullInAddress, title: "The request may be read as another one.",
        detail:
            "its address holds %00, at which many programs end a text: others would read another request than is meant",
        nextStep: "Send the address without it.")

    static func repeated(_ name: String) -> ServerRefusal {
        ServerRefusal(
            status: 400, code: .repeatedHeader, title: "The request tells something twice.",
            detail: "it has several headers \(name), of which others may take another one",
            nextStep: "Send one of them.", closes: true)
    }

    static let tooManyConnections = ServerRefusal(
        status: 503, code: .tooManyConnections, title: "Too many connections are open.",
        detail: "too many connections; try again in 10 s", actor: "nobody",
        nextStep: "Close other connections, or ask again later.", retryAfter: 10, closes: true)

    static let stopping = ServerRefusal(
        status: 503, code: .stopping, title: "The service is stopping.", detail: "the service is stopping",
        actor: "nobody", nextStep: "Ask again in a moment.", retryAfter: 5)
}
