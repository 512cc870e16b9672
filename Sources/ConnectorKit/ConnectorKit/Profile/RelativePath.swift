// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Expressions

/// The rule that keeps a profile inside its environments: whatever names a place to call is a path below the base
/// address, so no host can be written anywhere else. Modules check every path and every address of a profile with this.
public enum RelativePath {
    /// Why a text cannot be a request path; nil when it can. Holes of a template may stand anywhere behind the first
    /// slash, where the module percent-encodes what they give.
    public static func problem(_ text: String) -> String? {
        guard text.first == "/", text.dropFirst().first != "/" else {
            return "a path begins with one slash; hosts are named in environments only"
        }
        if text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F || $0 == "\\" || $0 == "#" }) {
            return "a path has no blanks, backslashes, fragments or control characters"
        }
        if text.prefix(while: { $0 != "?" }).split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) {
            return "a path has no . or .. segments"
        }
        return nil
    }

    /// The same for a template: the text around its holes must keep the rule.
    public static func problem(_ template: Template) -> String? { problem(template.skeleton(filling: "0")) }
}
