// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Which modules a module needs before it runs, so that the shell names them all at once: found one after the other they would
/// cost a round trip each.
struct ModuleGraph {
    private let files: [String: [UInt8]]

    /// - Parameter files: by path.
    init(_ files: [String: [UInt8]]) { self.files = files }

    /// The module itself and all it imports by `import … from './…'`; those by `import(…)` come later, when they are needed.
    func reachable(from start: String) -> [String] {
        var found: [String] = []
        var open = [start]
        while let path = open.popLast() {
            guard !found.contains(path), let bytes = files[path] else { continue }
            found.append(path)
            open += imports(in: String(decoding: bytes, as: UTF8.self), of: path)
        }
        return found.sorted()
    }

    private func imports(in text: String, of path: String) -> [String] {
        let folder = URL(filePath: "/" + path).deletingLastPathComponent()
        return text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("import "), let quoted = line.split(separator: "'").dropFirst().first else {
                return nil
            }
            guard quoted.hasPrefix(".") else { return nil }
            return String(folder.appending(path: String(quoted)).standardized.path.dropFirst())
        }
    }
}
