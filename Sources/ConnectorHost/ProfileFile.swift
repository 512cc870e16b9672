// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Settings
import Synchronization
import YAMLDocuments

/// One profile file: as it reads by itself, which costs little, and as its module finds it, which compiles every
/// expression. Either is made when first asked for, and again when the file has changed.
final class ProfileFile: Sendable {
    private struct State {
        var stamp: FileStamp?
        var reading: ProfileReading?
        /// What the module has found; nil until it is asked.
        var findings: [Diagnostic]?
        /// The last form that had no problems, and the state of the file it was read from.
        var good: UsableProfile?
        var compilations = 0
    }

    let path: String
    private let modules: ModuleLoader
    private let state = Mutex(State())

    init(path: String, modules: ModuleLoader) {
        self.path = path
        self.modules = modules
    }

    /// The name the file is called after.
    var baseName: String { URL(filePath: path).deletingPathExtension().lastPathComponent }

    /// The name it stands for among others: the one inside, or that of the file when it has never been right.
    var name: String {
        state.withLock { state in (reading(&state).outline ?? state.good?.profile)?.name ?? baseName }
    }

    /// The profile as its file reads, without problems in the part every profile has; its module is not asked.
    var outline: ConnectorProfile? { state.withLock { reading(&$0).outline } }

    /// The profile for work: the file as it is now when its module finds nothing wrong, else the last good one.
    ///
    /// Costs the compilation of its expressions when the file is new or has changed, else one system call.
    var usable: UsableProfile? {
        state.withLock { state in
            _ = findings(&state)
            return state.good
        }
    }

    /// What is wrong with the file as it is now.
    ///
    /// - Parameter asksModule: whether its module looks at it, if it has not done so yet.
    func problems(asksModule: Bool) -> [Diagnostic] {
        state.withLock { state in
            let reading = reading(&state)
            return reading.problems + (asksModule ? findings(&state) : state.findings ?? [])
        }
    }

    /// The same with what its module says, as far as that can be told here: without the module, the file may well be right.
    var judgement: [Diagnostic] {
        state.withLock { state in
            let reading = reading(&state)
            return reading.problems + (reading.lackOfModule(modules) == nil ? findings(&state) : [])
        }
    }

    /// Why its module cannot be used; nil where it can.
    var lackOfModule: ModuleError? { state.withLock { reading(&$0).lackOfModule(modules) } }

    /// How often its module has been asked: each time every expression was compiled.
    var compilations: Int { state.withLock(\.compilations) }

    private func reading(_ state: inout State) -> ProfileReading {
        let stamp = FileStamp(path: path)
        if let known = state.reading, stamp == state.stamp { return known }
        let reading = ProfileReading(path: path)
        (state.stamp, state.reading, state.findings) = (stamp, reading, nil)
        return reading
    }

    private func findings(_ state: inout State) -> [Diagnostic] {
        let reading = reading(&state)
        if let known = state.findings { return known }
        let (findings, isSound) = reading.ask(modules)
        state.findings = findings
        state.compilations += 1
        if isSound, let profile = reading.outline { state.good = UsableProfile(profile: profile, stamp: state.stamp) }
        return findings
    }
}
