// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A page of the console, as its line in `app/places.js` says: what the shell can name at once because of its address.
struct ConsolePlace: Sendable {
    /// Segments of the address; those that begin with a colon stand for any.
    let segments: [Substring]
    /// The folder under `pages/`.
    let page: String
    /// The first call of a list page with its usual order.
    let list: String?
    let permission: String?

    /// - Parameter source: of `app/places.js`, where each page has one line.
    static func all(in source: String) -> [ConsolePlace] {
        source.split(separator: "\n").compactMap { line in
            guard let path = line.firstMatch(of: /^ *\{ path: '([^']+)', page: '([^']+)'/) else { return nil }
            return ConsolePlace(
                segments: path.1.split(separator: "/"), page: String(path.2),
                list: line.firstMatch(of: /\ list: '([^']+)'/).map { String($0.1) },
                permission: line.firstMatch(of: /\ permission: '([^']+)'/).map { String($0.1) })
        }
    }

    func isAt(_ path: String) -> Bool {
        let others = path.split(separator: "/")
        return others.count == segments.count && zip(segments, others).allSatisfy { $0.hasPrefix(":") || $0 == $1 }
    }

    /// For begin.js, which makes the call before the page's code is here, for whoever had the permission last time.
    var listMark: String? {
        list.map { list in
            // Both stand in places.js as they stand here: letters and signs of addresses.
            "  <meta name=\"certway-list\" content=\"\(list.replacing("&", with: "&amp;"))\" data-permission=\"\(permission ?? "")\">"
        }
    }
}
