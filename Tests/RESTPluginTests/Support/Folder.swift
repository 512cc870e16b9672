// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Files of the source tree that tests read.
enum Folder {
    static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    static let connectors = tests.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
        "connectors.d")

    static func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

    static func fixture(_ path: String) throws -> String {
        try text(tests.appendingPathComponent("Fixtures").appendingPathComponent(path))
    }

    static func certificate(_ name: String) throws -> Certificate {
        try Certificate(pem: fixture("certificates/\(name).pem"))
    }
}
