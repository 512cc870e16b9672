// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Failures of SSL.com (docs/wire/ssl-com.md section 3). How it throttles is not known.
struct SSLComDialect: ServiceDialect {
    /// Whether refusals come with status 200.
    let switches: CASwitches

    func throttled(_ generator: inout SeededGenerator) -> Reply {
        SSLComError.reply(429, "request", "too many requests")
            .adding("Retry-After", String(Int.random(in: 1...3, using: &generator)))
    }

    func unavailable(_ generator: inout SeededGenerator) -> Reply {
        .text(
            "<html><head><title>Service Unavailable</title></head></html>", type: "text/html",
            status: Bool.random(using: &generator) ? 503 : 502)
    }

    func noSuchRoute(_ method: String, _ path: String) -> Reply { SSLComError.reply(404, "request", "not found") }

    func failure(status: Int) -> Reply { SSLComError.reply(status, "request", "a failure was ordered") }

    func dress(_ reply: Reply, for call: Call) -> Reply {
        guard switches.own("errorsWith200")?.bool == true, case .json(let value) = reply.body, value["errors"] != nil
        else { return reply }
        var reply = reply
        reply.status = 200
        return reply
    }
}
