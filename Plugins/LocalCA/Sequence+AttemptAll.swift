// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension Sequence {
    /// What `body` makes of each element, all of them tried: one key of a CA that is broken must not keep the lists of the others
    /// from being made.
    ///
    /// - Throws: the first error, after the last element.
    func attemptAll<Result>(_ body: (Element) throws -> Result) throws -> [Result] {
        let results = map { element in Swift.Result { try body(element) } }
        return try results.map { try $0.get() }
    }
}
