// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CXML2

/// What all uses of libxml2 have in common.
enum LibXML {
    /// Sets the library up, once and before several threads can do it together, and keeps it from printing.
    static let start: Void = {
        xmlInitParser()
        certway_xml_silence()
    }()

    /// Reads a document.
    ///
    /// - Returns: also whether it has bytes that its encoding does not know. The parser is not told of them, and takes
    ///   the document to end there.
    static func reading<Tree>(_ read: () -> Tree?) -> (tree: Tree?, lostBytes: Bool) {
        start
        var lostBytes = false
        let tree = withUnsafeMutablePointer(to: &lostBytes) { pointer in
            xmlSetStructuredErrorFunc(pointer) { context, error in
                guard let domain = error?.pointee.domain, let context else { return }
                guard domain == Int32(XML_FROM_I18N.rawValue) || domain == Int32(XML_FROM_IO.rawValue) else { return }
                // The variable just above, which outlives the reading.
                context.assumingMemoryBound(to: Bool.self).pointee = true
            }
            defer { xmlSetStructuredErrorFunc(nil, certway_xml_ignore_error) }
            return read()
        }
        return (tree, lostBytes)
    }

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
