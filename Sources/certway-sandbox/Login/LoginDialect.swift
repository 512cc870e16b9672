// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Failures of the token endpoint (wire/entra-oauth.md section 3).
struct LoginDialect: ServiceDialect {
    func throttled(_ generator: inout SeededGenerator) -> Reply {
        // Plain text: a client that insists on JSON misses the status.
        .text("Too Many Requests", status: 429).adding("Retry-After", "1")
    }

    func unavailable(_ generator: inout SeededGenerator) -> Reply {
        if Bool.random(using: &generator) {
            return .text("<html><body><h1>502 Bad Gateway</h1></body></html>", type: "text/html", status: 502)
        }
        return Self.error(90033, "temporarily_unavailable", "A transient error has occurred. Please try again.", 503)
    }

    func noSuchRoute(_ method: String, _ path: String) -> Reply { .text("Not Found", status: 404) }

    func failure(status: Int) -> Reply {
        Self.error(90090, status == 401 ? "invalid_client" : "server_error", "A failure was ordered.", status)
    }

    static func error(_ code: Int, _ error: String, _ text: String, _ status: Int = 400, correlation: String? = nil)
        -> Reply
    {
        let (trace, correlation) = (GUID.random(), correlation ?? GUID.random())
        let time = Timestamp.utc(SandboxClock.world.now).replacingOccurrences(of: "T", with: " ")
        return .json(
            [
                "error": .string(error),
                "error_description": .string(
                    "AADSTS\(code): \(text)\r\nTrace ID: \(trace)\r\nCorrelation ID: \(correlation)\r\n"
                        + "Timestamp: \(time)"),
                "error_codes": [JSONValue(code)], "timestamp": .string(time), "trace_id": .string(trace),
                "correlation_id": .string(correlation),
                "error_uri": .string("https://login.microsoftonline.com/error?code=\(code)"),
            ], status: status, headers: [("Content-Type", "application/json; charset=utf-8")])
    }
}
