// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Refusals in the service's form (wire/globalsign-atlas.md section 3).
enum AtlasError {
    static let type = "application/problem+json;charset=utf-8"

    /// - Parameter errors: by dotted name of the member; which keys the real service uses is not known.
    static func reply(_ status: Int, _ description: String, id: String? = nil, errors: [String: String] = [:]) -> Reply
    {
        var value: JSONValue = ["description": .string(description)]
        value["id"] = id.map(JSONValue.string)
        if !errors.isEmpty { value["errors"] = .object(errors.mapValues(JSONValue.string)) }
        return .json(value, status: status, headers: [("Content-Type", type)])
    }

    static let unparseable = reply(400, "Bad Request")
    static let unauthorized = reply(401, "Unauthorized")
    static let quotaReached = reply(402, "Quota Reached")
    static let notFound = reply(404, "Not found")
    static let lengthRequired = reply(411, "Content-Length required")
    static let badContentType = reply(415, "Bad Content-Type")
    static let throttled = reply(429, "Rate Limit Reached")

    static func conflict(_ status: SandboxOrder.Status, verb: String) -> Reply {
        reply(409, "Cannot \(verb) a \(status.rawValue.uppercased()) certificate")
    }

    static func problem(_ problem: OrderProblem, verb: String) -> Reply {
        switch problem {
        case .unknown: notFound
        case .status(let status): conflict(status, verb: verb)
        case .alreadyRevoked: conflict(.revoked, verb: verb)
        case .refused: refused(nil)
        }
    }

    /// The CA refused what the service had accepted.
    static func refused(_ reason: String?) -> Reply {
        reply(422, "CA validation error", errors: reason.map { ["certificate": $0] } ?? [:])
    }

    /// A request that breaks the validation policy: all that is wrong with it.
    static func policy(_ errors: [String: String]) -> Reply {
        let first = errors.min { $0.key < $1.key }
        return reply(422, first.map { "\($0.key): \($0.value)" } ?? "validation policy", errors: errors)
    }
}
