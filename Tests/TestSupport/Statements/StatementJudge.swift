// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// Looks at each statement of a `JudgedDatabase` before it is carried out.
protocol StatementJudge: Sendable {
    var name: String { get }
    /// In whose words the product is to speak.
    var dialect: SQLDialect { get }

    /// What is wrong with a statement.
    ///
    /// - Parameter connection: the one it is about to be carried out on.
    func complaints(_ sql: String, _ parameters: [SQLValue], on connection: any SQLConnection) -> [String]

    /// The statement in the words of the engine that carries it out.
    func statements(_ sql: String) -> [String]
}
