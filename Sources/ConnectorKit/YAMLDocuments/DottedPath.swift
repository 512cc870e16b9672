// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Dotted paths of values, such as `operations.enroll.outcomes[1].when`.
public enum DottedPath {
    /// The path of member `key` of the mapping at `path`; a key with other characters than letters, digits, `-` and `_`
    /// is written `["key"]`.
    public static func join(_ path: String, _ key: String) -> String {
        guard !key.isEmpty, key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }) else {
            return "\(path)[\"\(key)\"]"
        }
        return path.isEmpty ? key : "\(path).\(key)"
    }
}
