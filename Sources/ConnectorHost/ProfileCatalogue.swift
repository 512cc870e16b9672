// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Synchronization
import YAMLDocuments

/// The connector profiles in the `connectors.d` folders, read again when a file changes.
///
/// A file that has become invalid leaves its last good profile in force; `problems` says so until it is mended.
public final class ProfileCatalogue: Sendable {
    private struct Entry {
        var modified: Date
        var profile: ConnectorProfile?
        var problems: [Diagnostic]
    }

    public let folders: [String]
    private let modules: ModuleLoader
    private let entries = Mutex<[String: Entry]>([:])

    /// - Parameters:
    ///   - folders: searched in order; of two profiles of one name the first wins.
    ///   - modules: for the parts of a profile that only its module understands.
    public init(folders: [String], modules: ModuleLoader) {
        self.folders = folders
        self.modules = modules
    }

    /// The folders of an installed program, and of one run from its build folder.
    public static var standardFolders: [String] {
        ModuleLoader.standardFolders.flatMap { folder -> [String] in
            // From the program's folder upwards: /opt/certway/bin → /opt/certway/connectors.d, and the checkout of a build.
            var url = URL(filePath: folder)
            var found: [String] = []
            for _ in 0..<5 {
                found.append(url.appending(path: "connectors.d").path)
                url.deleteLastPathComponent()
            }
            return found
        } + ["/etc/certway/connectors.d"]
    }

    /// Every profile that can be read, by name. A file that has never been right hides those of its name in later folders:
    /// whoever put it there means it, and orders by another profile would be a surprise.
    public func profiles() -> [ConnectorProfile] {
        refresh()
        return entries.withLock { entries in
            var seen: Set<String> = []
            return files().compactMap { path in
                let profile = entries[path]?.profile
                let name = profile?.name ?? URL(filePath: path).deletingPathExtension().lastPathComponent
                return seen.insert(name).inserted ? profile : nil
            }.sorted { $0.name < $1.name }
        }
    }

    public func profile(named name: String) -> ConnectorProfile? { profiles().first { $0.name == name } }

    /// Why there is no profile of this name, with the next step.
    public func explainMissing(_ name: String) -> String {
        let known = profiles().map(\.name)
        let problems = problems().filter { URL(filePath: $0.file).deletingPathExtension().lastPathComponent == name }
        if !problems.isEmpty {
            return "connector profile \"\(name)\" is invalid: \(problems.map(\.description).joined(separator: "; "))"
        }
        let hint = nearest(name, in: known).map { "did you mean \"\($0)\"?" }
        return "no connector profile \"\(name)\"; "
            + (hint
                ?? (known.isEmpty
                    ? "none in \(folders.joined(separator: ", "))" : "known: \(known.joined(separator: ", "))"))
    }

    /// Changes whenever a file has changed, come or gone.
    public var stamp: [String: Date] {
        refresh()
        let present = Set(files())
        return entries.withLock { $0.filter { present.contains($0.key) }.mapValues(\.modified) }
    }

    /// What is wrong with the files as they are now.
    public func problems() -> [Diagnostic] {
        refresh()
        return entries.withLock { entries in files().flatMap { entries[$0]?.problems ?? [] } }
    }

    /// Everything wrong with one profile file: the common part, and the part its module understands.
    ///
    /// - Returns: the profile if it can be used as far as its file goes, and all problems.
    public func diagnose(path: String) -> (profile: ConnectorProfile?, problems: [Diagnostic]) {
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            return (
                nil,
                [Diagnostic(file: path, message: "cannot be read as UTF-8 text; check that it exists and its mode")]
            )
        }
        do {
            let (profile, common) = try ConnectorProfile.examine(text, file: path)
            do {
                let problems = common + (try modules.connectorType(for: profile.module).diagnose(profile))
                return (problems.isEmpty ? profile : nil, problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
            } catch {
                // The file may well be right: whoever uses the profile is told about the module.
                let missing = Diagnostic(file: path, keyPath: "module", message: error.message)
                return (common.isEmpty ? profile : nil, common + [missing])
            }
        } catch {
            return (nil, error.all)
        }
    }

    private func files() -> [String] {
        var known: Set<String> = []
        return folders.filter { known.insert($0).inserted }.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".yaml") }
                .sorted().map { "\(folder)/\($0)" }
        }
    }

    private func refresh() {
        for path in files() {
            let modified =
                (try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date) ?? .distantPast
            let known = entries.withLock { $0[path] }
            guard known?.modified != modified else { continue }
            let (profile, problems) = diagnose(path: path)
            entries.withLock {
                $0[path] = Entry(modified: modified, profile: profile ?? known?.profile, problems: problems)
            }
        }
    }
}
