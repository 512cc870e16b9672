// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Checks the token of a Graph request and what it allows.
struct GraphAccess: Sendable {
    let tokens: TokenIssuer

    /// The roles of the caller.
    func roles(_ call: Call) throws(Reply) -> Set<String> {
        do {
            return try tokens.roles(call.request.header("Authorization"), audience: ResourceApplication.graph)
        } catch {
            let message =
                switch error {
                case .empty: "Access token is empty."
                case .unreadable: "CompactToken parsing failed with error code: 80049217"
                case .wrongAudience: "Access token validation failure. Invalid audience."
                case .expired: "Lifetime validation failed, the token is expired."
                }
            throw GraphError.reply(401, "InvalidAuthenticationToken", message)
        }
    }

    /// Refuses a caller without any of the roles.
    @discardableResult
    func require(_ any: Set<String>, _ call: Call) throws(Reply) -> Set<String> {
        let roles = try roles(call)
        guard !roles.isDisjoint(with: any) else { throw GraphError.denied() }
        return roles
    }
}
