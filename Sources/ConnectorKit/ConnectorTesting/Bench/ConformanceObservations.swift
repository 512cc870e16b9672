// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Synchronization

/// Everything a connector said during a run, to look for secrets in it.
final class ConformanceObservations: ConnectorLogger, Sendable {
    private let texts = Mutex<[String]>([])
    private let inner: any ConnectorLogger

    init(_ inner: any ConnectorLogger) { self.inner = inner }

    func log(_ level: LogLevel, _ message: @autoclosure () -> String, fields: [(String, String)]) {
        let text = message()
        add(([text] + fields.map { "\($0.0)=\($0.1)" }).joined(separator: " "))
        inner.log(level, text, fields: fields)
    }

    func add(_ text: String) { texts.withLock { $0.append(text) } }

    func add(_ error: any Error) {
        add("\(error)")
        if let detail = (error as? ConnectorError)?.detail { add(detail) }
    }

    var all: [String] { texts.withLock { $0 } }
}
