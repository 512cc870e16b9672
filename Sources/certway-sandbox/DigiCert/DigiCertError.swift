// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Refusals in CertCentral's form (wire/digicert-certcentral.md section 2).
///
/// The codes `missing_field|…`, `invalid_field|…` and `invalid_status|…` are the sandbox's own: the real ones are not known.
enum DigiCertError {
    static func reply(_ status: Int, _ code: String, _ message: String) -> Reply { reply(status, [(code, message)]) }

    static func reply(_ status: Int, _ errors: [(code: String, message: String)]) -> Reply {
        let list = errors.map { JSONValue.object(["code": .string($0.code), "message": .string($0.message)]) }
        return .json(["errors": .array(list)], status: status)
    }

    static func notFound(_ what: String) -> Reply {
        reply(404, "not_found|\(what)", "The specified \(what) was not found.")
    }

    static func invalid(_ path: String, _ message: String) -> Reply { reply(400, "invalid_field|\(path)", message) }

    static func status(_ what: String, _ message: String) -> Reply { reply(400, "invalid_status|\(what)", message) }

    static func denied(_ detail: String) -> Reply {
        reply(403, "access_denied|\(detail)", "Access denied due to \(detail).")
    }
}
