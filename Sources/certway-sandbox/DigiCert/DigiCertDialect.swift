// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Failures of CertCentral (wire/digicert-certcentral.md section 2): no Retry-After, ever.
struct DigiCertDialect: ServiceDialect {
    static let throttled = DigiCertError.reply(
        429, "request_limit_exceeded", "Service unavailable, please limit request volume")

    func throttled(_ generator: inout SeededGenerator) -> Reply { Self.throttled }

    func unavailable(_ generator: inout SeededGenerator) -> Reply {
        .text(
            "<html><head><title>Service Unavailable</title></head></html>", type: "text/html",
            status: Bool.random(using: &generator) ? 502 : 503)
    }

    func noSuchRoute(_ method: String, _ path: String) -> Reply { DigiCertError.notFound("route") }

    func failure(status: Int) -> Reply { DigiCertError.reply(status, "ordered_failure", "A failure was ordered.") }
}
