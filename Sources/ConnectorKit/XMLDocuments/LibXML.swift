// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CXML2

/// What all uses of libxml2 have in common.
enum LibXML {
    /// Sets the library up, once and before several threads can do it together.
    static let start: Void = xmlInitParser()

    /// Takes over a string that the library allocated.
    static func take(_ pointer: UnsafeMutablePointer<xmlChar>?) -> String? {
        guard let pointer else { return nil }
        defer { certway_xml_free(pointer) }
        return String(cString: pointer)
    }

    static func string(_ pointer: UnsafePointer<xmlChar>?) -> String? { pointer.map { String(cString: $0) } }

    /// The library's reason as one line of ours.
    static func reason(_ error: xmlError?) -> String {
        guard let message = error?.message.map({ String(cString: $0) }) else { return "it cannot be read" }
        let line = message.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(200)
        // Names keep their case.
        return line.prefix(1).lowercased() + line.dropFirst()
    }
}
