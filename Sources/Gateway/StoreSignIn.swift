// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph
import Settings

/// What identifies the gateway to a database server.
enum StoreSignIn: Sendable {
    case password(SecretReference)
    /// An access token of Entra ID for this app registration.
    case application(TenantConfiguration)
    /// An access token for the identity of the machine.
    ///
    /// - Parameter clientID: of a user-assigned one; nil for the machine's own.
    case managedIdentity(clientID: String?)
}
