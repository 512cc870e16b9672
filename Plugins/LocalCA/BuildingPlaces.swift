// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation

/// Where a CA and its root are to be, looked at before anything is written.
struct BuildingPlaces {
    private let target: String
    private let root: String?

    /// - Parameters:
    ///   - target: the CA's folder, which need not be there yet.
    ///   - root: the folder of the root's key; nil where it stays in the CA's folder.
    /// - Throws: `ConnectorError` of kind `configuration` for folders that are one, or one in the other: the root's key would lie
    ///   with the issuing CA.
    init(target: String, root: String?) throws {
        self.target = Self.place(target)
        self.root = root.map { Self.place($0) }
        guard let place = self.root else { return }
        guard place != self.target, !Self.isInside(place, self.target), !Self.isInside(self.target, place) else {
            throw ConnectorError(
                .configuration,
                "--root \(root ?? "") is \(place), and the CA's folder \(target) is \(self.target): expected two folders apart, "
                    + "because the root's key is kept elsewhere; name another one with --root")
        }
    }

    /// Whoever may put other things into the folder above could replace the CA as a whole.
    ///
    /// - Throws: `ConnectorError` of kind `configuration` with the command that mends it.
    func requireTrust() throws {
        do throws(DistrustedPath) {
            for place in [target, root].compactMap(\.self) { try TrustedPath.ofThisProcess.check(place, as: .shared) }
        } catch {
            throw ConnectorError(.configuration, error.message)
        }
    }

    private static func isInside(_ place: String, _ folder: String) -> Bool {
        place.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
    }

    /// The path without links and `..`, also of what is not there yet: `realpath` knows only what is.
    private static func place(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var rest = Array(whole.split(separator: "/").map(String.init).reversed())
        var (way, links) = ([String](), 0)
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                _ = way.popLast()
                continue
            }
            let next = "/" + (way + [name]).joined(separator: "/")
            // As many as Linux follows.
            guard links < 40, let link = try? FileManager.default.destinationOfSymbolicLink(atPath: next) else {
                way.append(name)
                continue
            }
            links += 1
            if link.hasPrefix("/") { way = [] }
            rest += link.split(separator: "/").map(String.init).reversed()
        }
        return "/" + way.joined(separator: "/")
    }
}
