// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import YAMLDocuments

@testable import Rules

/// The rule files that come with the program, compiled once.
enum ShippedRules {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../rules.d")
        .standardized
        .path
    private static let read = Result<RuleBook, any Error> { try RuleFiles(folders: [folder]).read() }

    static func book() throws -> RuleBook { try read.get() }
}
