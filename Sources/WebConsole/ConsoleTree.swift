// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// All files of the console with the hash of the whole, read once: 150 kB compressed, some milliseconds.
struct ConsoleTree: Sendable {
    /// By path under the folder, such as `app/main.js`.
    let files: [String: ConsoleFile]
    /// Over all paths and contents: whoever changes a byte gets other addresses, so a browser may keep a file for ever.
    let hash: String
    /// The page that every address of the console starts with.
    let shell: ConsoleFile

    /// - Parameter folder: that of `index.html`.
    /// - Returns: nil when the folder has no console.
    init?(folder: URL) {
        var contents: [String: [UInt8]] = [:]
        let root = folder.standardizedFileURL.path
        guard
            let page = try? String(contentsOf: folder.appending(path: "index.html"), encoding: .utf8),
            let all = FileManager.default.enumerator(atPath: root)
        else { return nil }
        for case let path as String in all where ConsoleFile.type(of: path) != nil && path != "index.html" {
            guard let data = try? Data(contentsOf: folder.appending(path: path)) else { continue }
            contents[path] = Array(data)
        }
        var whole: [UInt8] = Array(page.utf8)
        for (path, bytes) in contents.sorted(by: { $0.key < $1.key }) {
            whole += Array("\(path)\u{0}\(bytes.count)\u{0}".utf8) + bytes
        }
        let hash = DigestAlgorithm.sha256.digest(whole).prefix(8).map { String(format: "%02x", $0) }.joined()
        let preloads = ModuleGraph(contents).reachable(from: "app/main.js").map {
            "  <link rel=\"modulepreload\" href=\"/assets/\(hash)/\($0)\">"
        }
        let text = page.replacing("{{assets}}", with: "/assets/\(hash)").replacing(
            "{{preloads}}", with: preloads.joined(separator: "\n"))
        self.hash = hash
        shell = ConsoleFile(type: "text/html; charset=utf-8", bytes: Array(text.utf8))
        files = contents.reduce(into: [:]) { files, entry in
            // The type is known: names without one were left out above.
            files[entry.key] = ConsoleFile(type: ConsoleFile.type(of: entry.key) ?? "", bytes: entry.value)
        }
    }
}
