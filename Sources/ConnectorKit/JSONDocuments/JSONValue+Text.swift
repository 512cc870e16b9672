// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CJQ

extension JSONValue {
    /// Parses one JSON text with libjq's own parser. Numbers that a double does not keep become text, see `JSONLiterals`.
    ///
    /// - Parameter bytes: UTF-8 text, at most `maximumBytes` long; the caller bounds it before.
    /// - Throws: `JSONSyntaxError` for text that is not exactly one JSON value, or is nested deeper than libjq allows.
    public init(parsing bytes: some Collection<UInt8>) throws(JSONSyntaxError) {
        let contiguous = ContiguousArray(bytes)
        // libjq reads a NUL outside of text as the end of a number.
        guard !contiguous.contains(0) else { throw JSONSyntaxError(message: "the text has a NUL") }
        let quoted = try JSONLiterals.quoting(contiguous)
        guard quoted.count < Int(Int32.max) else { throw JSONSyntaxError(message: "text of 2 GiB or more") }
        let parsed = quoted.withUnsafeBytes { raw in
            jv_parse_sized(raw.assumingMemoryBound(to: CChar.self).baseAddress ?? emptyText, Int32(raw.count))
        }
        guard jv_is_valid(parsed) != 0 else {
            let reason = jv_invalid_get_msg(parsed)
            defer { jv_free(reason) }
            guard jv_get_kind(reason) == JV_KIND_STRING else { throw JSONSyntaxError(message: "the text is empty") }
            // libjq repeats the whole text behind its reason; it may be long and secret.
            let message = String(cString: jv_string_value(reason))
            throw JSONSyntaxError(
                message: String(message.prefix(upTo: message.firstRange(of: " (while")?.lowerBound ?? message.endIndex))
            )
        }
        defer { jv_free(parsed) }
        self.init(copying: parsed)
    }

    public init(parsing text: String) throws(JSONSyntaxError) { try self.init(parsing: text.utf8) }

    /// One line of JSON with sorted member names, so equal values give equal text.
    public var text: String { serialized(flags: Int32(JV_PRINT_SORTED.rawValue)) }

    /// JSON for people: indented by two, member names sorted.
    public var prettyText: String {
        serialized(flags: Int32(JV_PRINT_SORTED.rawValue | JV_PRINT_PRETTY.rawValue) | (2 << 8))
    }

    private func serialized(flags: Int32) -> String {
        let text = jv_dump_string(makeJV(), flags)
        defer { jv_free(text) }
        return String(cString: jv_string_value(text))
    }
}

/// An address for the parser when a collection without elements has none.
nonisolated(unsafe) private let emptyText: UnsafePointer<CChar> = {
    let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    pointer.initialize(to: 0)
    return UnsafePointer(pointer)
}()
