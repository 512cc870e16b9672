// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Secrets

/// What identifies the gateway to a server. It is asked for at each connection, so that a new password or token is used.
public enum ServerCredential: Sendable {
    case password(@Sendable () throws -> Secret)
    /// An access token of Entra ID for `https://database.windows.net/.default`; SQL Server and Azure SQL.
    case accessToken(@Sendable () throws -> Secret)
}
