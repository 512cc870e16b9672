// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

extension AccessToken {
    /// The application permissions the token carries, as its claim `roles` names them (RFC 7519 §4; wire/entra-oauth.md
    /// section 1); empty when none was granted.
    ///
    /// Nothing is decided by it, because to a client the token is opaque and its signature is the service's business: it
    /// only says beforehand what a service would refuse.
    ///
    /// - Returns: nil for a token whose content cannot be read.
    public var roles: Set<String>? {
        let parts = value.revealed.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let claims = Self.decoded(parts[1]), claims.object != nil else { return nil }
        return Set((claims["roles"]?.array ?? []).compactMap(\.string))
    }

    private static func decoded(_ part: Substring) -> JSONValue? {
        Base64URL.decode(part).flatMap { try? JSONValue(parsing: $0) }
    }
}
