// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import YAMLDocuments

/// Profile files of one folder that say the same name: whichever is used hides the others, and nobody meant that. A file
/// of another folder hides one on purpose, which it says by being called the same.
enum ProfileTwins {
    /// A file that hides one of another folder, and is called otherwise: a copy in which the name was left as it was.
    ///
    /// - Parameters:
    ///   - name: what the file says.
    ///   - path: where it lies.
    ///   - files: those of all folders.
    static func hidden(by name: String, at path: String, among files: [ProfileFile]) -> [Diagnostic] {
        let (own, folder) = (
            URL(filePath: path).deletingPathExtension().lastPathComponent,
            URL(filePath: path).deletingLastPathComponent().path
        )
        guard own != name,
            let other = files.first(where: {
                $0.name == name && $0.baseName == name
                    && URL(filePath: $0.path).deletingLastPathComponent().path != folder
            })
        else { return [] }
        return [
            Diagnostic(
                file: path, keyPath: "connector",
                message: "\"\(name)\" is also the connector of \(other.path), in whose place this file would be used",
                hint: "give it a name of its own, such as \(own); or, if that is meant, call the file \(name).yaml")
        ]
    }

    /// - Parameter files: those of one folder.
    /// - Returns: one problem a file that has a twin, which names the others.
    static func problems(_ files: [ProfileFile]) -> [Diagnostic] {
        Dictionary(grouping: files.filter { $0.outline != nil }, by: \.name).filter { $0.value.count > 1 }
            .sorted { $0.key < $1.key }.flatMap { name, twins in
                twins.map { file in
                    let others = twins.map(\.path).filter { $0 != file.path }.joined(separator: ", ")
                    return Diagnostic(
                        file: file.path, keyPath: "connector",
                        message: "\"\(name)\" is also the connector of \(others), and one file would hide the other",
                        hint: "give one of them another name, or move it out of the folder")
                }
            }
    }
}
