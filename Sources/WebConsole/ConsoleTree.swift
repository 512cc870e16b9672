// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

/// All files of the console with the hash of the whole, read once: 150 kB compressed, some milliseconds.
struct ConsoleTree: Sendable {
    /// By path under the folder, such as `app/main.js`.
    let files: [String: ConsoleFile]
    /// Over all paths and contents: whoever changes a byte gets other addresses, so a browser may keep a file for ever.
    let hash: String
    private let shells: [(place: ConsolePlace, shell: ConsoleFile)]
    /// For addresses that are no page.
    private let usual: ConsoleFile

    /// - Parameter folder: that of `index.html`.
    /// - Returns: nil when the folder has no console.
    /// - Throws: for a file that somebody else may change: a script of theirs would be whoever looks at the page.
    init?(folder: URL) throws(DistrustedPath) {
        var contents: [String: [UInt8]] = [:]
        let root = folder.standardizedFileURL.path
        guard
            let page = try? String(contentsOf: folder.appending(path: "index.html"), encoding: .utf8),
            let all = FileManager.default.enumerator(atPath: root)
        else { return nil }
        try TrustedPath.ofThisProcess.check(root + "/index.html", as: .shared)
        for case let path as String in all where ConsoleFile.type(of: path) != nil && path != "index.html" {
            let place = folder.appending(path: path)
            try TrustedPath.ofThisProcess.check(place.standardizedFileURL.path, as: .shared)
            guard let data = try? Data(contentsOf: place) else { continue }
            contents[path] = Array(data)
        }
        let places = ConsolePlace.all(in: String(decoding: contents["app/places.js"] ?? [], as: UTF8.self))
        let text = Self.joinStyles(page, &contents)
        var whole: [UInt8] = Array(page.utf8)
        for (path, bytes) in contents.sorted(by: { $0.key < $1.key }) {
            whole += Array("\(path)\u{0}\(bytes.count)\u{0}".utf8) + bytes
        }
        let hash = DigestAlgorithm.sha256.digest(whole).prefix(8).map { String(format: "%02x", $0) }.joined()
        let graph = ModuleGraph(contents)
        let core = graph.reachable(from: "app/main.js")
        func shell(_ place: ConsolePlace?) -> ConsoleFile {
            let own = place.map { graph.reachable(from: "pages/\($0.page)/page.js") } ?? []
            let preloads = (core + own.filter { !core.contains($0) }).map {
                "  <link rel=\"modulepreload\" href=\"/assets/\(hash)/\($0)\">"
            }
            let whole = text.replacing("{{assets}}", with: "/assets/\(hash)").replacing(
                "{{preloads}}", with: preloads.joined(separator: "\n")
            ).replacing("{{list}}\n", with: place?.listMark.map { $0 + "\n" } ?? "")
            return ConsoleFile(type: "text/html; charset=utf-8", bytes: Array(whole.utf8))
        }
        self.hash = hash
        self.shells = places.map { ($0, shell($0)) }
        usual = shell(nil)
        files = contents.reduce(into: [:]) { files, entry in
            // The type is known: names without one were left out above.
            files[entry.key] = ConsoleFile(type: ConsoleFile.type(of: entry.key) ?? "", bytes: entry.value)
        }
    }

    /// The page that an address starts with: the same everywhere but for what it names to be loaded.
    func shell(at path: String) -> ConsoleFile { shells.first { $0.place.isAt(path) }?.shell ?? usual }

    /// Style sheets that the page names together, such as `styles/{{tokens+base}}.css`, become one file: each request costs as long as
    /// the way to the gateway and back.
    private static func joinStyles(_ page: String, _ contents: inout [String: [UInt8]]) -> String {
        guard let names = page.firstMatch(of: /\/(styles\/)\{\{([a-z+]+)\}\}\.css/) else { return page }
        let joined = names.2.split(separator: "+").flatMap { (contents["\(names.1)\($0).css"] ?? []) + [0x0A] }
        contents["\(names.1)screen.css"] = joined
        return page.replacingCharacters(in: names.range, with: "/\(names.1)screen.css")
    }
}
