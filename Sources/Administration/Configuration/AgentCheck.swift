// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import KeyArchival
import Settings

/// Looks at key recovery agents before a configuration with them is stored. One whose file is not there yet is looked at when keys
/// are archived, and by `doctor`.
enum AgentCheck {
    /// - Parameters:
    ///   - added: those of the file that is applied.
    ///   - all: those there are afterwards.
    /// - Returns: one sentence for each thing that keeps keys from being archived.
    static func problems(added: [KeyRecoveryAgentConfiguration], all: [KeyRecoveryAgentConfiguration], at date: Date)
        -> [String]
    {
        var problems: [String] = []
        for configured in added where FileManager.default.fileExists(atPath: configured.certificate) {
            do {
                problems += try configured.read().findings(at: date).filter { $0.severity == .error }.map(\.message)
            } catch {
                problems.append("key recovery agent \(configured.name): \(configured.certificate): \(error)")
            }
        }
        let readable = all.compactMap { try? $0.read() }
        return problems + KeyRecoveryAgent.sharedKeys(readable).map(\.message)
    }
}
