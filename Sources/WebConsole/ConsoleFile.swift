// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One file of the console, as it is sent.
struct ConsoleFile: Sendable {
    let type: String
    let bytes: [UInt8]
    /// Nil where gzip makes it no smaller.
    let compressed: [UInt8]?

    init(type: String, bytes: [UInt8]) {
        self.type = type
        self.bytes = bytes
        let compressed = Gzip.compressed(bytes)
        self.compressed = compressed.flatMap { $0.count < bytes.count ? $0 : nil }
    }

    /// The content type of a name that the console knows; nil for any other, which is not served.
    static func type(of path: String) -> String? {
        switch path.split(separator: ".").last {
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json": "application/json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "html": "text/html; charset=utf-8"
        case "md": "text/markdown; charset=utf-8"
        default: nil
        }
    }
}
