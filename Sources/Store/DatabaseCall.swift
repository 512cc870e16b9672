// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One call of `read` or `write` on its way through a queue, its result type forgotten.
package protocol DatabaseCall: Sendable {
    /// Runs the body and keeps its result.
    ///
    /// - Returns: what the body threw.
    func run(on connection: any SQLConnection) -> (any Error)?

    /// Lets the caller go on: with the kept result, or with `failure` if the result does not count.
    func finish(_ failure: StoreError?)
}
