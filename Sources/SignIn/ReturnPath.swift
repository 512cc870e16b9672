// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where somebody goes after signing in: a page of ours, whatever the link said. Browsers read `//host`, `/\host` and `https:host` as
/// other hosts, so nothing but a plain path of the console passes, as it is and decoded.
public struct ReturnPath: Sendable, Hashable {
    public static let start = ReturnPath(unchecked: "/console/overview")

    public let text: String

    /// - Parameter text: as the link has it, decoded once; whatever is no page of ours becomes the start page.
    public init(_ text: String?) {
        self = text.flatMap(Self.page) ?? .start
    }

    private init(unchecked text: String) { self.text = text }

    private static let pages = ["/console", "/my", "/manual", "/status"]

    private static func page(_ text: String) -> ReturnPath? {
        guard (1...2000).contains(text.utf8.count) else { return nil }
        // What a browser or a proxy may still decode must be harmless, too.
        var form = text
        for _ in 0..<3 {
            guard isPlain(form) else { return nil }
            guard let decoded = form.removingPercentEncoding else { return nil }
            if decoded == form { break }
            form = decoded
        }
        guard isPlain(form) else { return nil }
        let path = text.prefix { $0 != "?" && $0 != "#" }
        guard pages.contains(where: { path == $0 || path.hasPrefix($0 + "/") }) else { return nil }
        return ReturnPath(unchecked: text)
    }

    /// The characters of a path with query, beginning with one slash and without steps upwards.
    private static func isPlain(_ text: String) -> Bool {
        let path = text.prefix { $0 != "?" && $0 != "#" }
        return text.hasPrefix("/") && !path.contains("//") && !text.contains("\\") && !path.contains(":")
            && !path.split(separator: "/").contains { $0 == ".." || $0 == "." }
            && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F || $0 == " " }
            && text.unicodeScalars.allSatisfy { !(0x80..<0xA0).contains($0.value) }
    }
}
