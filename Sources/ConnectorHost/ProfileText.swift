// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings
import YAMLDocuments

/// The text of a profile file.
enum ProfileText {
    /// - Throws: `Diagnostics` with one sentence on why the file cannot be read.
    static func read(_ path: String) throws(Diagnostics) -> String {
        var isFolder: ObjCBool = false
        func problem(_ message: String, line: Int? = nil, column: Int? = nil, hint: String) -> Diagnostics {
            Diagnostics([Diagnostic(file: path, line: line, column: column, message: message, hint: hint)])
        }
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw problem("there is no such file", hint: "check the path")
        }
        guard !isFolder.boolValue else {
            throw problem("is a folder, a profile file is needed", hint: "name the files in it: \(path)/*.yaml")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw problem("cannot be read by this user", hint: "check the mode of the file and its owner")
        }
        if let text = String(data: data, encoding: .utf8) { return text }
        let foreign = ForeignText(data)
        throw problem(foreign.message, line: foreign.line, column: foreign.column, hint: foreign.hint)
    }
}
