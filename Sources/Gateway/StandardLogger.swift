// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport

/// Writes log lines to standard error: time, level, message, fields.
public struct StandardLogger: ConnectorLogger {
    public let threshold: LogLevel

    public init(threshold: LogLevel) { self.threshold = threshold }

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
        // Where the log cannot be written, nobody is left to be told.
        try? FileHandle.standardError.write(contentsOf: Data("\(time) \(level) \(message())\(suffix)\n".utf8))
    }
}
