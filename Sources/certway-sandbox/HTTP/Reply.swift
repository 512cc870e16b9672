// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// An answer of a sandbox service before it becomes bytes; a handler throws one to refuse.
struct Reply: Error, Sendable {
    enum Body: Sendable {
        case empty
        case json(JSONValue)
        case bytes([UInt8])
    }

    var status: Int
    var headers: [(name: String, value: String)]
    var body: Body

    static func json(_ value: JSONValue, status: Int = 200, headers: [(name: String, value: String)] = []) -> Reply {
        Reply(status: status, headers: headers, body: .json(value))
    }

    static func bytes(_ bytes: [UInt8], type: String, status: Int = 200) -> Reply {
        Reply(status: status, headers: [("Content-Type", type)], body: .bytes(bytes))
    }

    static func text(_ text: String, type: String = "text/plain", status: Int = 200) -> Reply {
        bytes(Array(text.utf8), type: type, status: status)
    }

    static func empty(status: Int = 204) -> Reply { Reply(status: status, headers: [], body: .empty) }

    func adding(_ name: String, _ value: String) -> Reply {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }

    /// The same reply with that text as its only `Retry-After`; nil changes nothing.
    func retrying(after text: String?) -> Reply {
        guard let text else { return self }
        var copy = self
        copy.headers.removeAll { $0.name == "Retry-After" }
        return copy.adding("Retry-After", text)
    }

    /// A redirect points to where the call came in: who follows it with GET reads a list or nothing, who repeats the
    /// request does everything again.
    func leading(to call: Call) -> Reply {
        (300..<400).contains(status) ? adding("Location", call.request.target) : self
    }
}
