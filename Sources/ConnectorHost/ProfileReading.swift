// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import YAMLDocuments

/// A profile file, read once.
struct ProfileReading: Sendable {
    /// As far as the file goes; nil when it is no YAML.
    private let profile: ConnectorProfile?
    /// What is wrong with the part every profile has.
    let problems: [Diagnostic]

    /// Costs a few milliseconds; compiles nothing.
    ///
    /// - Parameter text: what is read in place of the file.
    init(path: String, text: String? = nil) {
        do {
            if text == nil { try TrustedPath.ofThisProcess.check(path, as: .shared) }
            let text = try text ?? ProfileText.read(path)
            let (profile, problems) = try ConnectorProfile.examine(text, file: path)
            (self.profile, self.problems) = (profile, problems)
        } catch let error as Diagnostics {
            (profile, problems) = (nil, error.all)
        } catch let error as DistrustedPath {
            (profile, problems) = (nil, [Diagnostic(file: path, message: error.message)])
        } catch {
            (profile, problems) = (nil, [Diagnostic(file: path, message: "cannot be read: \(error)")])
        }
    }

    /// The profile, when nothing is wrong with the part every profile has.
    var outline: ConnectorProfile? { problems.isEmpty ? profile : nil }

    /// Has the module run the programs with sample values, where it has any.
    func tryOut(_ modules: ModuleLoader) -> [Diagnostic] {
        guard let profile, let type = try? modules.connectorType(for: profile.module) as? any ProfileTrying.Type else {
            return []
        }
        return type.tryOut(profile)
    }

    /// Why its module cannot be used; nil where it can.
    func lackOfModule(_ modules: ModuleLoader) -> ModuleError? {
        guard let profile else { return nil }
        do throws(ModuleError) {
            _ = try modules.connectorType(for: profile.module)
            return nil
        } catch {
            return error
        }
    }

    /// Has the module look at the part only it understands, although the other may be wrong: everything is told at once.
    ///
    /// - Returns: what the module says, and whether the profile can be used as far as its file goes.
    func ask(_ modules: ModuleLoader) -> (findings: [Diagnostic], isSound: Bool) {
        guard let profile else { return ([], false) }
        do {
            let findings = try modules.connectorType(for: profile.module).diagnose(profile)
            return (findings, problems.isEmpty && findings.isEmpty)
        } catch {
            // The file may well be right: whoever uses the profile is told about the module.
            let missing = Diagnostic(file: profile.file, keyPath: "module", message: error.message)
            return ([missing], problems.isEmpty)
        }
    }
}
