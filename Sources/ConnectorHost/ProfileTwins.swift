// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import YAMLDocuments

/// Profile files of one folder that say the same name: whichever is used hides the others, and nobody meant that. A file
/// of another folder hides one on purpose.
enum ProfileTwins {
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
