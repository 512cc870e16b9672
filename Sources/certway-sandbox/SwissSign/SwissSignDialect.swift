// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Failures of the web server in front of the CA: short texts, never CMC.
struct SwissSignDialect: ServiceDialect {
    func throttled(_ generator: inout SeededGenerator) -> Reply {
        .text("Too Many Requests", status: 429).adding("Retry-After", "1")
    }

    func unavailable(_ generator: inout SeededGenerator) -> Reply {
        let status = [500, 502, 503].randomElement(using: &generator) ?? 503
        return .text("<html><body><h1>\(status)</h1></body></html>", type: "text/html", status: status)
    }

    func noSuchRoute(_ method: String, _ path: String) -> Reply { .text("Not Found", status: 404) }

    func failure(status: Int) -> Reply { .text("A failure was ordered.", status: status) }
}
