// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport

/// Files of the source tree that tests read.
enum Folder {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: tests.appending(path: "Fixtures").appending(path: path)))
    }

    static var profile: String {
        get throws {
            let root = tests.deletingLastPathComponent().deletingLastPathComponent()
            return try String(contentsOf: root.appending(path: "connectors.d/adcs.yaml"), encoding: .utf8)
        }
    }

    /// A page as the server would send it; lines end with CR LF there.
    static func page(_ name: String, charset: String? = nil) throws -> HTTPResponse {
        HTTPResponse(
            status: 200,
            headers: HTTPHeaders([("Content-Type", "text/html" + (charset.map { "; charset=\($0)" } ?? ""))]),
            body: try bytes("\(name).html"))
    }
}
