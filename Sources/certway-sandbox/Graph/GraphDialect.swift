// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Failures and headers of Microsoft Graph (wire/graph-directory.md sections 1 and 8).
struct GraphDialect: ServiceDialect {
    func throttled(_ generator: inout SeededGenerator) -> Reply {
        let reply = GraphError.reply(429, "TooManyRequests", "Too many requests.")
            .adding("x-ms-throttle-scope", "Tenant_Application/ReadWrite/sandbox/sandbox")
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return reply
        case 1: return reply.adding("Retry-After", Timestamp.http(SandboxClock.world.now.addingTimeInterval(1)))
        default: return reply.adding("Retry-After", "1")
        }
    }

    func unavailable(_ generator: inout SeededGenerator) -> Reply {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: .text("<html><body>Service Unavailable</body></html>", type: "text/html", status: 503)
        case 1: GraphError.reply(504, "UnknownError", "")
        default: GraphError.reply(503, "serviceNotAvailable", "The service is temporarily unavailable.")
        }
    }

    func noSuchRoute(_ method: String, _ path: String) -> Reply {
        GraphError.reply(400, "BadRequest", "Resource not found for the segment '\(path)' and the method \(method).")
    }

    func failure(status: Int) -> Reply { GraphError.reply(status, "UnknownError", "A failure was ordered.") }

    func dress(_ reply: Reply, for call: Call) -> Reply {
        let own = GUID.random()
        return reply.adding("request-id", own)
            .adding("client-request-id", call.request.header("client-request-id") ?? own)
    }
}
