// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import PKIX
import Secrets
import Store

/// Our own text for an order: `cw-` and 100 bits.
///
/// The bits follow from a secret of the database, the subscriber, the template and how many orders of theirs had left before. So
/// references of any number of gateways never meet at one CA account, and a database that was put back gives an order the
/// reference that it had given before: by it the CA is asked whether it has it already.
enum OrderReference {
    /// RFC 4648 base32 in lower case: no character that a CA's form or a person's eye confuses.
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
    private static let letters = 20
    private static let stateName = "references"

    static let start = "cw-"

    /// Makes the secret, once in the life of a database. What is ordered before has random references, and whoever looks first
    /// whether the database is an older copy must know that.
    static let migration = Migration("ledger-11-references") { _ in
        [
            "INSERT INTO gateway_state (name, content) VALUES ('\(stateName)', '{\"secret\":\"\(newSecret())\"}')",
            "INSERT INTO gateway_state (name, content) VALUES ('\(OrderLedger.newReferencesState)', 'true')",
        ]
    }

    private static func newSecret() -> String { SecureRandom.bytes(32).hex }

    /// - Parameter number: how many orders of the subscriber and template had left before, or further on.
    static func text(secret: String, template: String, subscriberID: String, number: Int) -> String {
        start + word(letters, from: "\(template)|\(subscriberID)|\(number)", secret: secret)
    }

    /// So many letters, 51 at most, that follow from a secret and a text.
    static func word(_ letters: Int, from text: String, secret: String) -> String {
        var rest = DigestAlgorithm.sha256.authenticate(Array(text.utf8), key: Array(secret.utf8))[...]
        var (bits, count) = (0, 0)
        return String(
            (0..<letters).map { _ in
                if count < 5, let byte = rest.popFirst() { (bits, count) = (bits << 8 | Int(byte), count + 8) }
                count -= 5
                defer { bits &= (1 << count) - 1 }
                return alphabet[bits >> count]
            })
    }

    /// Another secret: from now on every order has a reference that none had before.
    static func renew(on connection: any SQLConnection) throws {
        try OrderLedger.setState(stateName, ["secret": .string(newSecret())], on: connection)
    }

    /// The secret of this database; nil where somebody has taken it away.
    static func secret(on connection: any SQLConnection) throws -> String? {
        try OrderLedger.state(stateName, on: connection)?["secret"]?.string
    }

    /// The reference of an order and those of the numbers behind it.
    ///
    /// - Parameter number: how many orders of theirs had left before, at most.
    static func following(
        _ reference: String, _ template: String, _ subscriberID: String, secret: String?, from number: Int, count: Int
    ) -> [String] {
        guard let secret else { return [reference] }
        func text(_ number: Int) -> String {
            Self.text(secret: secret, template: template, subscriberID: subscriberID, number: number)
        }
        // Another one had the number of an order that never left, in a database of an older version.
        let own = (number..<number + 100).first { text($0) == reference }
        return [reference] + (1..<max(1, count)).map { text((own ?? number) + $0) }
    }

    /// - Parameters:
    ///   - secret: of the database; without one, references are random.
    ///   - number: how many orders of the subscriber and template had left before, or further on.
    static func make(_ template: String, _ subscriberID: String, secret: String?, number: Int) -> String {
        guard let secret else { return random() }
        return text(secret: secret, template: template, subscriberID: subscriberID, number: number)
    }

    static func random() -> String { text(secret: newSecret(), template: "", subscriberID: "", number: 0) }
}
