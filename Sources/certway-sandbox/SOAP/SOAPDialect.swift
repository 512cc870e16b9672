// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Failures in front of a SOAP service: pages of a proxy, without any envelope (wire/soap.md section 9, S10).
struct SOAPDialect: ServiceDialect {
    func throttled(_ generator: inout SeededGenerator) -> Reply {
        Self.page("Too Many Requests", 429).adding("Retry-After", "2")
    }

    func unavailable(_ generator: inout SeededGenerator) -> Reply {
        let status = [500, 502, 503].randomElement(using: &generator) ?? 503
        return status == 500 ? Reply(status: 500, headers: [], body: .empty) : Self.page("Service Unavailable", status)
    }

    func noSuchRoute(_ method: String, _ path: String) -> Reply { Self.page("Not Found", 404) }

    func failure(status: Int) -> Reply { Self.page("A failure was ordered", status) }

    private static func page(_ title: String, _ status: Int) -> Reply {
        .text("<html><head><title>\(title)</title></head></html>", type: "text/html", status: status)
    }
}
