// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Records
import Settings

/// What the chain is compared with: kept by somebody else, at another place.
enum AuditWitness: Sendable {
    case export(String)
    case hash(String)

    /// - Parameter word: as typed.
    /// - Throws: `SettingsError` for neither.
    init(_ word: String) throws(SettingsError) {
        if FileManager.default.fileExists(atPath: word) {
            self = .export(word)
        } else if word.lowercased().wholeMatch(of: /[0-9a-f]{64}/) != nil {
            self = .hash(word.lowercased())
        } else {
            throw SettingsError(
                "--against: found \"\(word)\", expected the file of an earlier export, or the 64 digits of a record's hash",
                at: .commandLine)
        }
    }

    /// - Parameter word: as it came from outside.
    /// - Throws: `SettingsError` for what is no hash.
    init(hash word: String) throws(SettingsError) {
        guard word.lowercased().wholeMatch(of: /[0-9a-f]{64}/) != nil else {
            throw SettingsError(
                "against: found \"\(word.prefix(80))\", expected the 64 hexadecimal digits of a record's hash",
                at: .commandLine)
        }
        self = .hash(word.lowercased())
    }

    static func record(_ line: String, in file: String) throws(SettingsError) -> AuditRecord {
        guard let json = try? JSONValue(parsing: line), let record = AuditRecord(json: json) else {
            throw SettingsError(
                "\(file) is no export of an audit trail: expected one record as JSON on each line", at: .commandLine)
        }
        return record
    }
}
