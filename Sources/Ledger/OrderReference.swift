// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Our own text for an order.
enum OrderReference {
    /// RFC 4648 base32 in lower case: no character that a CA's form or a person's eye confuses.
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")

    static let start = "cw-"

    /// `cw-` and 100 random bits, so that references of any number of gateways never meet at one CA account.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return start + String((0..<20).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
    }
}
