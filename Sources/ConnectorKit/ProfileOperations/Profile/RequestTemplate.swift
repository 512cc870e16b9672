// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Expressions

/// A request as a profile describes it.
struct RequestTemplate: Sendable {
    let method: String
    /// Below the endpoint; nil for the endpoint itself, or a login that goes to an address of its own.
    let path: Template?
    /// The setting that holds the address of a login.
    let addressSetting: String?
    let headers: [(name: String, value: Template)]
    /// Gives an object; null members are left out.
    let query: JQProgram?
    let message: any MessageTemplate
    let timeout: Duration?
}
