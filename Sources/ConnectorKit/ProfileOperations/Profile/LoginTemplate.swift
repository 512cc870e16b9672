// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Expressions

/// How requests prove who we are. Its programs, and no others, see the secrets among `.settings`.
struct LoginTemplate: Sendable {
    /// Whether this login is the one for the settings; nil: always.
    var when: JQProgram?
    var headers: [(name: String, value: Template)] = []
    /// Sent with every request as part of its address.
    var query: [(name: String, value: Template)] = []
    var basic: (user: Template, password: Template)?
    /// The secret settings that hold the client certificate with its key, and their password.
    var clientCertificate: (credential: String, password: String?)?
    var token: Token?

    /// A login call that gives a token for a while.
    struct Token: Sendable {
        let request: RequestTemplate
        let token: JQProgram?
        /// Seconds, read from the answer.
        let expiresIn: JQProgram?
        /// Where the answer does not tell.
        let lifetime: Duration
        let header: String
        /// Sees the token as `.token`.
        let value: Template?
    }
}
