// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions

/// A request as a profile describes it.
struct RequestTemplate: Sendable {
    let method: String
    /// Below the endpoint; nil for a login that goes to an address of its own.
    let path: Template?
    /// The setting that holds the address of a login.
    let addressSetting: String?
    let headers: [(name: String, value: Template)]
    /// Gives an object; null members are left out.
    let query: JQProgram?
    let body: Body?
    let timeout: Duration?

    enum Body: Sendable {
        case json(JQProgram)
        case form(JQProgram)
    }
}
