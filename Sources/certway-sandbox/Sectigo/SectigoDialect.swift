// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Failures of SCM that have nothing to do with what was asked (wire/sectigo-scm.md section 3).
struct SectigoDialect: ServiceDialect {
    func throttled(_ generator: inout SeededGenerator) -> Reply {
        SectigoError.reply(-1, "Too many requests.", status: 429)
            .adding("Retry-After", String(Int.random(in: 1...2, using: &generator)))
    }

    /// A proxy's page, or SCM saying that the CA behind it is away.
    func unavailable(_ generator: inout SeededGenerator) -> Reply {
        Bool.random(using: &generator)
            ? .text("<html><body>Service Unavailable</body></html>", type: "text/html", status: 503)
            : SectigoError.reply(-195, "CA is temporarily unavailable.", status: 500)
    }

    func noSuchRoute(_ method: String, _ path: String) -> Reply {
        SectigoError.reply(-1, "There is no \(method) \(path).", status: 404)
    }

    func failure(status: Int) -> Reply { SectigoError.reply(-14, "A failure was ordered.", status: status) }
}
