// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Secrets

/// A credential of an application that people sign in to: it also redeems the codes that the tenant hands out for them.
public protocol ApplicationCredential: TokenCredential {
    /// Application (client) id.
    var clientID: String { get }

    /// Redeems a code; once, for a code is good for one redemption (wire/entra-oidc.md section 3).
    ///
    /// - Returns: the ID token, not looked at.
    /// - Throws: `GraphError`: the person begins anew; `authentication` and `configuration` mean the operator.
    func redeem(_ code: AuthorizationCode, through sender: RequestSender) async throws -> Secret
}
