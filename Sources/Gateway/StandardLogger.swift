// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport

/// Writes log entries: time, level, message, fields. Further lines of an entry are indented, so that no text from outside looks like
/// an entry of its own.
public struct StandardLogger: ConnectorLogger {
    public let threshold: LogLevel

    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - threshold: the least level that is written.
    ///   - write: takes each entry to where people read it, and cleans it for them.
    public init(threshold: LogLevel, write: @escaping @Sendable (String) -> Void) {
        self.threshold = threshold
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
        guard level >= threshold else { return }
        let time = Date().formatted(.iso8601)
        let suffix = fields.map { " \($0)=\($1)" }.joined()
        write(
            "\(time) \(level) \(message())\(suffix)".split(omittingEmptySubsequences: false) { $0.isNewline }.joined(
                separator: "\n    "))
    }
}
