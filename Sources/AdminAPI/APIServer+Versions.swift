// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import PKIX

extension APIServer {
    /// Holds a change to the version that its caller has seen.
    ///
    /// - Returns: that version; nil where any will do.
    /// - Throws: `APIProblem` 428 without one, 412 with the present one.
    func requireVersion(_ call: APICall) async throws -> String? {
        guard let version = call.operation.version, !call.operation.method.isSafe else { return nil }
        guard let header = call.request.header("If-Match") else {
            throw APIProblem(
                428, .versionMissing, "The request must say which version it changes.",
                "the header If-Match is missing", nextStep: "Read the object, and send its ETag as If-Match.",
                errors: [APIFault("If-Match", "is missing")])
        }
        let present = try await version(call)
        let seen = Self.tags(header)
        if seen == ["*"] { return nil }
        guard seen.contains(where: { $0 == present || $0.hasPrefix("\(present)-") }) else {
            throw APIProblem.changed(present)
        }
        return present
    }

    /// Whether the caller holds this very answer (RFC 9110 section 13.1.2: compared weakly, since a proxy that compresses makes
    /// tags weak).
    static func isKnown(_ answer: ServerAnswer, to request: ServerRequest) -> Bool {
        guard case .response(200, let headers, _) = answer, let header = request.header("If-None-Match"),
            let tag = headers.first(where: { $0.name == "ETag" })?.value
        else { return false }
        let known = tags(header).map { $0.hasPrefix("W/\"") ? String($0.dropFirst(3).dropLast()) : $0 }
        return known == ["*"] || known.contains { "\"\($0)\"" == tag }
    }

    /// The tags that a header names, without quotes; a weak one stays as it is written.
    private static func tags(_ header: String) -> [String] {
        header.split(separator: ",").map { part in
            let word = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            let text = String(word)
            return text.count > 1 && text.hasPrefix("\"") && text.hasSuffix("\"")
                ? String(text.dropFirst().dropLast()) : text
        }
    }
}

extension ServerAnswer {
    /// The same with a tag of its own: the version of what it shows, and a digest of the text. One object is told in several
    /// languages, with the actions of several roles and with figures that go on, and who holds one text must not be told that another
    /// is the same (RFC 9110 section 8.8.1). For `If-Match` the version counts alone.
    func tagged(_ version: String?) -> ServerAnswer {
        guard let version, case .response(let status, var headers, let body) = self else { return self }
        let digest = DigestAlgorithm.sha256.digest(body).prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        headers.removeAll { $0.name == "ETag" }
        headers.append(("ETag", "\"\(version)-\(digest.joined())\""))
        return .response(status: status, headers: headers, body: body)
    }

    /// The same for whoever has it already: 304 with what a cache keeps of it, and nothing of the text (RFC 9110 section 15.4.5).
    var asNotModified: ServerAnswer {
        guard case .response(_, let headers, _) = self else { return self }
        return .response(status: 304, headers: headers.filter { ["etag", "vary"].contains($0.name.lowercased()) })
    }
}
