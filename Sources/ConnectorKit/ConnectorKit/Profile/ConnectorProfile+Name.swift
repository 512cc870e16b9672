// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension ConnectorProfile {
    /// What is wrong with a name of a connector; nil for a good one.
    public static func problem(ofName name: String) -> String? {
        let isGood =
            name.utf8.count <= 64 && name.first?.isLetter == true
            && name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-".utf8.contains($0) }
        return isGood
            ? nil
            : "\"\(name)\" is not a name of at most 64 small letters, digits and hyphens, the first of them a letter"
    }
}
