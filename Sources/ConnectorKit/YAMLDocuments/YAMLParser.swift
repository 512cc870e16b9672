// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CYAML

/// Turns libyaml's events into nodes and collects what the files here may not contain.
final class YAMLParser {
    private(set) var problems: [Diagnostic] = []
    private let file: String
    private let text: String
    // libyaml's parser points into itself, so it needs an address of its own; freed in deinit.
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    private var hasStopped = false

    init(_ text: String, file: String) {
        self.file = file
        self.text = text
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The document's root; an empty mapping when there is none or the text cannot be read.
    func parseDocument() -> YAMLNode {
        guard text.utf8.count <= YAMLNode.maximumBytes else {
            stop("the file has \(text.utf8.count) bytes, at most \(YAMLNode.maximumBytes) are read")
            return empty
        }
        return Array(text.utf8).withUnsafeBufferPointer { input in
            yaml_parser_set_input_string(parser, input.baseAddress, input.count)
            var root = empty
            var documents = 0
            while let event = next(), event.kind != YAML_STREAM_END_EVENT {
                guard event.kind == YAML_DOCUMENT_START_EVENT else { continue }
                documents += 1
                guard documents == 1 else {
                    stop("a second document begins here, a file holds only one", event.line, event.column)
                    break
                }
                if let first = next() { root = node(first, depth: 1) }
            }
            return root
        }
    }

    private var empty: YAMLNode { YAMLNode(.mapping([]), file: file, line: 1, column: 1) }

    private func node(_ event: YAMLEvent, depth: Int) -> YAMLNode {
        if let tag = event.tag {
            report(event, "tag \(tag) is not allowed, types follow from the value", hint: "remove it")
        }
        if event.hasAnchor, event.kind != YAML_ALIAS_EVENT {
            report(event, "anchors are not allowed", hint: "remove it and repeat the value")
        }
        let content: YAMLNode.Content
        switch event.kind {
        case YAML_ALIAS_EVENT:
            report(event, "aliases are not allowed", hint: "repeat the value")
            content = .scalar("", isPlain: true)
        case YAML_SEQUENCE_START_EVENT where depth > YAMLNode.maximumDepth,
            YAML_MAPPING_START_EVENT where depth > YAMLNode.maximumDepth:
            stop("nested deeper than \(YAMLNode.maximumDepth) levels", event.line, event.column)
            content = .scalar("", isPlain: true)
        case YAML_SEQUENCE_START_EVENT: content = .sequence(elements(depth: depth + 1))
        case YAML_MAPPING_START_EVENT: content = .mapping(members(depth: depth + 1))
        default: content = .scalar(event.text, isPlain: event.isPlain)
        }
        return YAMLNode(content, file: file, line: event.line, column: event.column)
    }

    private func elements(depth: Int) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while let event = next(), event.kind != YAML_SEQUENCE_END_EVENT { elements.append(node(event, depth: depth)) }
        return elements
    }

    private func members(depth: Int) -> [(key: YAMLNode, value: YAMLNode)] {
        var members: [(key: YAMLNode, value: YAMLNode)] = []
        var lines: [String: Int] = [:]
        while let event = next(), event.kind != YAML_MAPPING_END_EVENT {
            let key = node(event, depth: depth)
            guard let valueEvent = next() else { break }
            let value = node(valueEvent, depth: depth)
            guard let name = key.scalar else {
                problems.append(key.diagnostic("a key must be text, found a list or a mapping", keyPath: ""))
                continue
            }
            if let line = lines.updateValue(key.line, forKey: name) {
                problems.append(key.diagnostic("key \(name) stands twice, first on line \(line)", keyPath: ""))
            } else {
                members.append((key, value))
            }
        }
        return members
    }

    /// The next event, copied out of libyaml; nil after an error.
    private func next() -> YAMLEvent? {
        guard !hasStopped else { return nil }
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) != 0 else {
            reportSyntaxError()
            return nil
        }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(event)
    }

    private func reportSyntaxError() {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "out of memory"
        // libyaml's reader knows only the byte of a character that YAML does not allow.
        guard state.error != YAML_READER_ERROR else {
            let before = String(decoding: text.utf8.prefix(Int(state.problem_offset)), as: UTF8.self)
            let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
            stop(problem, lines.count, (lines.last?.count ?? 0) + 1)
            return
        }
        let (row, column) = (Int(state.problem_mark.line), Int(state.problem_mark.column))
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        if row < lines.count, lines[row].prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
            return stop("the line is indented with a tab, YAML takes spaces only: replace it", row + 1, column + 1)
        }
        if problem.hasPrefix("did not find expected"),
            state.context.map({ String(cString: $0) })?.contains("block") == true
        {
            return stop(
                "the line does not fit the block that begins on line \(state.context_mark.line + 1): indent it like the "
                    + "others there", row + 1, column + 1)
        }
        let context = state.context.map { String(cString: $0) + " " } ?? ""
        let start = state.context == nil ? "" : ", which begins on line \(state.context_mark.line + 1)"
        if problem.hasPrefix("mapping values"), let above = Self.lineAbove(row, lines) {
            return stop(
                "the line is indented deeper than line \(above), which has a value already: indent both alike", row + 1,
                column + 1)
        }
        let isAboutSigns = context.contains("flow") || problem.hasPrefix("mapping values")
        stop(
            "not valid YAML: \(context)\(problem)\(start)", Int(state.problem_mark.line) + 1,
            Int(state.problem_mark.column) + 1,
            hint: isAboutSigns
                ? "a text with `: `, ` #`, commas or brackets in it, such as a program, stands in single quotes" : nil)
    }

    /// The line above, where this one is indented deeper although that one is no heading.
    ///
    /// - Returns: its number from 1.
    private static func lineAbove(_ row: Int, _ lines: [Substring]) -> Int? {
        func depth(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }
        guard lines.indices.contains(row),
            let above = lines[..<row].lastIndex(where: {
                !$0.allSatisfy(\.isWhitespace) && !$0.drop { $0 == " " }.hasPrefix("#")
            }),
            depth(lines[row]) > depth(lines[above])
        else { return nil }
        guard lines[above].contains(": "), let last = lines[above].last(where: { $0 != " " }), !":|>".contains(last)
        else {
            return nil
        }
        return above + 1
    }

    private func report(_ event: YAMLEvent, _ message: String, hint: String) {
        problems.append(
            Diagnostic(file: file, line: event.line, column: event.column, message: message, hint: hint))
    }

    private func stop(_ message: String, _ line: Int? = nil, _ column: Int? = nil, hint: String? = nil) {
        hasStopped = true
        problems.append(Diagnostic(file: file, line: line, column: column, message: message, hint: hint))
    }
}
