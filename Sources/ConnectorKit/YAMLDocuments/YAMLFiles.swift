// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The YAML files of a folder such as `connectors.d`: both endings that people use.
public enum YAMLFiles {
    public static let endings = [".yaml", ".yml"]

    /// In the order of their names, without hidden ones; nothing where there is no such folder.
    public static func paths(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
            .filter { name in !name.hasPrefix(".") && endings.contains(where: name.hasSuffix) }.map {
                "\(folder)/\($0)"
            }
    }
}
