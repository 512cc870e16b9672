// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Expressions

/// A read whose value the programs of operations see, such as the CA's policy or its chain.
struct Preparation: Sendable {
    let name: String
    let request: RequestTemplate
    let value: JQProgram?
    let lifetime: Duration
}
