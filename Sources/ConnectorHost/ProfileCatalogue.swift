// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Settings
import Synchronization
import YAMLDocuments

/// The connector profiles in the `connectors.d` folders, read again when a file changes.
///
/// A profile is compiled when somebody asks for it by name, and no other is: one REST profile costs more than the start of
/// the program. A file that has become invalid leaves its last good profile in force; `problems` says so until it is mended.
public final class ProfileCatalogue: Sendable {
    /// Which files are looked at for problems, and how closely.
    public enum Scope: Sendable {
        /// Those whose profile somebody works with.
        case inUse
        /// Every file as it reads by itself.
        case outlines
        /// Every file, each compiled by its module.
        case everything
    }

    public let folders: [String]
    /// Those of them that somebody has named, who is told when one is not there.
    private let named: [String]
    private let modules: ModuleLoader
    private let known = Mutex<[String: ProfileFile]>([:])
    private let inUse = Mutex<Set<String>>([])

    /// - Parameters:
    ///   - folders: searched in order; of two profiles of one name the first wins.
    ///   - modules: for the parts of a profile that only its module understands.
    ///   - named: those of the folders that somebody has asked for by name.
    public init(folders: [String], modules: ModuleLoader, named: [String] = []) {
        self.named = named
        var seen: Set<String> = []
        self.folders = folders.filter { seen.insert($0).inserted }
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

    /// Every profile as its file reads, by name. A file that has never been right hides those of its name in later folders:
    /// whoever put it there means it, and orders by another profile would be a surprise.
    public func outlines() -> [ConnectorProfile] {
        Set(files().map(\.name)).sorted().compactMap(outline(named:))
    }

    /// A profile as its file reads: for names, settings and products. Its module has not been asked, so it is not for work.
    public func outline(named name: String) -> ConnectorProfile? { file(named: name)?.outline }

    /// A profile for work: the file as it is now, or, while that has problems, as it was when it had none.
    public func profile(named name: String) -> ConnectorProfile? { usable(named: name)?.profile }

    /// As `profile(named:)`, with the state of the file it was read from.
    func usable(named name: String) -> UsableProfile? {
        guard let file = file(named: name) else { return nil }
        inUse.withLock { _ = $0.insert(file.path) }
        return file.usable
    }

    /// How often files were compiled since the start, by path.
    public var compilations: [String: Int] {
        known.withLock { $0.mapValues(\.compilations).filter { $0.value > 0 } }
    }

    /// Why no profile of this name can be used, with the next step.
    public func explainMissing(_ name: String) -> String {
        if let profile = outline(named: name), !profile.isEnabled {
            return "connector profile \"\(name)\" is not enabled; remove 'enabled: false' in \(profile.file)"
        }
        let problems = files().filter { $0.name == name || $0.baseName == name }.flatMap(\.judgement)
        if !problems.isEmpty {
            return "connector profile \"\(name)\" is invalid: \(problems.map(\.description).joined(separator: "; "))"
        }
        let known = outlines().map(\.name)
        let hint = nearest(name, in: known).map { "did you mean \"\($0)\"?" }
        return "no connector profile \"\(name)\" in \(places); "
            + (hint ?? (known.isEmpty ? "there is none at all" : "known: \(known.joined(separator: ", "))"))
            + (missingFolders.first.map { "; \($0)" } ?? "; --connectors DIR names a further folder")
    }

    /// Where profiles were looked for, for people; of folders that a program may have, those that are there.
    public var places: String {
        let present = folders.filter { FileManager.default.fileExists(atPath: $0) }
        return (present.isEmpty ? folders : present).joined(separator: ", ")
    }

    /// What is wrong with the files as they are now.
    public func problems(_ scope: Scope) -> [Diagnostic] {
        switch scope {
        case .inUse:
            let used = inUse.withLock { $0 }
            return files().filter { used.contains($0.path) }.flatMap { $0.problems(asksModule: true) }
                + twins.filter { used.contains($0.file) }
        case .outlines: return missingFolders + files().flatMap { $0.problems(asksModule: false) } + twins
        case .everything: return missingFolders + files().flatMap { $0.problems(asksModule: true) } + twins
        }
    }

    /// One problem for each folder that was named and is not there: what is missing in it is missing for no other reason.
    public var missingFolders: [Diagnostic] {
        named.compactMap { folder in
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
            guard !isThere || !isFolder.boolValue else { return nil }
            return Diagnostic(
                file: folder,
                message: isThere
                    ? "this is no folder of connector profiles but a file"
                    : "there is no such folder of connector profiles",
                hint: "see --connectors")
        }
    }

    /// What is wrong with the profile that somebody means by a name, as `diagnose` says it of its file; it is compiled for that once,
    /// and whoever works with it later finds it compiled. Its module is not missed: that is another problem than the file's.
    public func problems(of name: String) -> [Diagnostic] {
        guard let file = file(named: name) else { return [] }
        return file.judgement + twins.filter { $0.file == file.path }
    }

    /// Why the module of a profile cannot be used, which is another problem than the file's; nil where it can.
    public func lackOfModule(of name: String) -> ModuleError? { file(named: name)?.lackOfModule }

    /// Files that say the name of another one beside them.
    private var twins: [Diagnostic] { folders.flatMap { ProfileTwins.problems(files(in: $0)) } }

    /// Everything wrong with one profile file, wherever it lies: the common part, and the part its module understands.
    ///
    /// - Returns: the profile if it can be used as far as its file goes, and all problems.
    ///
    /// - Parameters:
    ///   - text: what is read in place of the file; `path` is then what it is called.
    ///   - tries: whether its programs are run with sample values where nothing else is wrong.
    public func diagnose(
        path: String, text: String? = nil, tries: Bool = false
    ) -> (profile: ConnectorProfile?, problems: [Diagnostic]) {
        let reading = ProfileReading(path: path, text: text)
        let (findings, isSound) = reading.ask(modules)
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let file = URL(filePath: path).path
        var twins = ProfileTwins.problems(files(in: folder)).filter { $0.file == file }
        // What is no file hides none.
        if text == nil, let outline = reading.outline {
            twins += ProfileTwins.hidden(by: outline.name, at: file, among: files())
        }
        let trial = tries && isSound ? reading.tryOut(modules) : []
        let problems = (reading.problems + findings + twins + trial).sorted { ($0.line ?? 0) < ($1.line ?? 0) }
        return (isSound ? reading.outline : nil, problems)
    }

    /// The file that a name means: in each folder the one called after it, else another with the name inside.
    private func file(named name: String) -> ProfileFile? {
        for folder in folders {
            for path in YAMLFiles.endings.map({ "\(folder)/\(name)\($0)" })
            where FileManager.default.fileExists(atPath: path) {
                if case let file = file(at: path), file.name == name { return file }
            }
            if let file = files(in: folder).first(where: { $0.name == name }) { return file }
        }
        return nil
    }

    func files() -> [ProfileFile] { folders.flatMap(files(in:)) }

    private func files(in folder: String) -> [ProfileFile] {
        YAMLFiles.paths(in: folder).map(file(at:))
    }

    private func file(at path: String) -> ProfileFile {
        known.withLock { known in
            if let file = known[path] { return file }
            let file = ProfileFile(path: path, modules: modules)
            known[path] = file
            return file
        }
    }
}
