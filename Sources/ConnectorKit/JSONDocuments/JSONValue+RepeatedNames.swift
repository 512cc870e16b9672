// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CJQ

extension JSONValue {
    /// The first member name that stands twice in one object. RFC 8259 section 4 leaves open which of the two counts: the last to libjq,
    /// the first to others, so that two programs would read two requests.
    ///
    /// Costs a second reading, by libjq's streaming parser. Text that is not JSON has none.
    public static func repeatedName(in bytes: some Collection<UInt8>) -> String? {
        let text = ContiguousArray(bytes)
        let parser = jv_parser_new(Int32(JV_PARSE_STREAMING))
        defer { jv_parser_free(parser) }
        return text.withUnsafeBytes { raw in
            guard let start = raw.assumingMemoryBound(to: CChar.self).baseAddress else { return nil }
            jv_parser_set_buf(parser, start, Int32(clamping: raw.count), 0)
            // Names so far of each object or array that is open, outermost first.
            var open: [Set<JSONValue>] = []
            while true {
                let event = jv_parser_next(parser)
                defer { jv_free(event) }
                guard jv_is_valid(event) != 0, case .array(let parts) = JSONValue(copying: event),
                    let path = parts.first?.array
                else { return nil }
                // A path alone closes what holds its last part.
                guard parts.count == 2 else {
                    open.removeLast(open.count - max(0, path.count - 1))
                    continue
                }
                if let depth = open.indices.last, path.indices.contains(depth),
                    !open[depth].insert(path[depth]).inserted
                {
                    return path[depth].string
                }
                for name in path.dropFirst(open.count) { open.append([name]) }
            }
        }
    }
}
