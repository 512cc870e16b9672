// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
public import Gateway
public import HTTPServing

/// One log entry for each request: who asked what, how it ended and how long it took. No query, header or body is in it, and no
/// path of its own where the route is known: tokens and names stand there.
public struct AccessLog: Sendable {
    /// What of an unknown path is told at most.
    private static let longest = 200

    private let logger: StandardLogger

    public init(_ logger: StandardLogger) { self.logger = logger }

    /// Answers of class 5 are warnings; the rest is for who asks for it by `--log info`.
    public func note(_ record: AccessRecord) {
        let level: LogLevel = (record.status ?? 0) >= 500 ? .warning : .info
        guard level >= logger.threshold else { return }
        var fields = [
            ("method", String(record.method.prefix(20))), ("route", record.route ?? Self.shown(record.path)),
            ("status", record.status.map { "\($0)" } ?? "none"),
            ("milliseconds", "\(Self.milliseconds(record.duration))"),
            ("bytes", "\(record.bytes)"), ("client", record.clientAddress),
        ]
        if let caller = record.caller { fields.append(("caller", caller)) }
        if record.ending != .complete { fields.append(("ending", record.ending.rawValue)) }
        logger.log(level, "request", fields: fields)
    }

    private static func shown(_ path: String) -> String {
        path.count > longest ? "\(path.prefix(longest))…" : path
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        Int(duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000)
    }
}
