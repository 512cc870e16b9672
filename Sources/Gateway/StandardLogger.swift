// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments

/// Writes log entries: time, level, message, fields. Further lines of an entry are indented, so that no text from outside looks like
/// an entry of its own.
public struct StandardLogger: ConnectorLogger {
    /// How an entry looks.
    public enum Format: String, Sendable, CaseIterable {
        /// For people: fields behind the message.
        case text
        /// For programs: one JSON object in a line, with `time`, `level`, `message` and the fields by their names.
        case json
    }

    public let threshold: LogLevel
    private let format: Format

    private let write: @Sendable (String) -> Void
    /// Hears of every entry from level debug on, whatever is written; for who tells people why they wait.
    private let overhear: (@Sendable (String) -> Void)?

    /// - Parameters:
    ///   - threshold: the least level that is written.
    ///   - format: for people or for programs.
    ///   - write: takes each entry to where people read it, and cleans it for them.
    ///   - overhear: hears messages from level debug on, whatever is written.
    public init(
        threshold: LogLevel, format: Format = .text, write: @escaping @Sendable (String) -> Void,
        overhear: (@Sendable (String) -> Void)? = nil
    ) {
        self.overhear = overhear
        self.threshold = threshold
        self.format = format
        self.write = write
    }

    /// Shows each HTTP exchange at level trace, secrets replaced; nil below, so that it costs nothing.
    public var trace: (@Sendable (HTTPTraceEntry) -> Void)? {
        guard threshold == .trace else { return nil }
        return { entry in
            let lines =
                ["\(entry.method) \(entry.url) → \(entry.status.map { "\($0)" } ?? entry.error ?? "no answer")"]
                + entry.requestHeaders.map { "  > \($0.name): \($0.value)" }
                + [entry.requestBody.map { "  > \($0)" }].compactMap(\.self)
                + entry.responseHeaders.map { "  < \($0.name): \($0.value)" }
                + [entry.responseBody.map { "  < \($0)" }].compactMap(\.self)
            log(.trace, lines.joined(separator: "\n"), fields: [("duration", "\(entry.duration)")])
        }
    }

    public func log(_ level: LogLevel, _ message: @autoclosure () -> String, fields: [(String, String)]) {
        if let overhear, level >= .debug { overhear(message()) }
        guard level >= threshold else { return }
        let time = Date().formatted(.iso8601)
        if format == .json {
            // A field of the same name as one of the three does not replace it.
            let standard: [String: JSONValue] = [
                "time": .string(time), "level": .string("\(level)"), "message": .string(message()),
            ]
            let others = Dictionary(fields.map { ($0.0, JSONValue.string($0.1)) }) { $1 }
            return write(JSONValue.object(standard.merging(others) { own, _ in own }).text)
        }
        let suffix = fields.map { " \($0)=\($1)" }.joined()
        write(
            "\(time) \(level) \(message())\(suffix)".split(omittingEmptySubsequences: false) { $0.isNewline }.joined(
                separator: "\n    "))
    }
}
