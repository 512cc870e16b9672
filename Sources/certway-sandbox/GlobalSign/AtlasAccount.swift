// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments
import PKIX

/// The account behind all endpoints: its credentials with their policies, the tokens it gave out, its knobs.
struct AtlasAccount: Sendable {
    /// One credential is one policy (wire/globalsign-atlas.md section 1).
    struct Credential: Sendable {
        let key: String
        let secret: String
        let policy: ValidationPolicy
        let product: SandboxProduct
    }

    let server: CAServer
    let credentials: [Credential]
    let tokens: AccessTokens

    var clock: SandboxClock { server.surroundings.clock }
    var book: OrderBook { server.book }

    /// The credential behind the token of a call.
    ///
    /// - Throws: 401.
    func credential(_ call: Call) throws(Reply) -> Credential {
        let parts = call.request.header("Authorization")?.split(separator: " ") ?? []
        guard parts.count == 2, parts[0].lowercased() == "bearer", let key = tokens.subject(of: String(parts[1])) else {
            throw AtlasError.unauthorized
        }
        return credentials.first { $0.key == key } ?? credentials[0]
    }

    /// The policy of a credential, unless the control API replaced it.
    func policy(of credential: Credential) -> ValidationPolicy {
        let replaced = server.switches.own("policy")
        return replaced?.object == nil ? credential.policy : replaced.map { ValidationPolicy($0) } ?? credential.policy
    }

    /// Remaining issuances.
    var quota: Int {
        max(0, (server.switches.own("quota")?.int ?? 0) - book.truth.count)
    }

    /// What every call must show before anything else is looked at. How the real service answers a TLS client without a
    /// good certificate is not known; the sandbox says 401.
    func admit(_ call: Call) throws(Reply) {
        guard case .valid = server.operators.check(call.request) else { throw AtlasError.unauthorized }
        if !call.request.path.hasSuffix("/login"), !call.request.path.hasSuffix("/login/") { _ = try credential(call) }
        guard ["POST", "PATCH"].contains(call.request.method) else { return }
        guard call.request.header("Content-Length") != nil else { throw AtlasError.lengthRequired }
        guard call.isOfType("application/json"), !isStrict || hasCharset(call) else { throw AtlasError.badContentType }
    }

    private var isStrict: Bool { server.switches.own("strictContentType")?.bool == true }

    private func hasCharset(_ call: Call) -> Bool {
        let type = call.request.header("Content-Type")?.lowercased().filter { $0 != " " && $0 != "\"" } ?? ""
        return type.split(separator: ";").contains("charset=utf-8")
    }
}

extension Call {
    /// The members of a JSON body of Atlas.
    ///
    /// - Throws: 400.
    func atlasBody() throws(Reply) -> [String: JSONValue] {
        guard let members = json?.object else { throw AtlasError.unparseable }
        return members
    }
}
