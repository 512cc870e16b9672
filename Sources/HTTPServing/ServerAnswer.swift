// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a handler wants done with a request.
public enum ServerAnswer: Sendable {
    /// A complete answer; `Content-Length`, `Date` and `Connection` are the server's business.
    case response(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [])
    /// Promises the whole body, sends its first `sent` bytes and closes the connection: a truncated answer.
    case truncated(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8], sent: Int)
    /// Stays open and sends what the stream is given, until one side ends it. Only a server with an asynchronous handler can.
    case stream(status: Int, headers: [(name: String, value: String)] = [], stream: ServerStream)
    /// Is sent while it is made, however long it is. Only a server with an asynchronous handler can.
    case body(status: Int, headers: [(name: String, value: String)] = [], body: ServerBody)
    /// Closes the connection without any answer, as a crash or a broken line would.
    case cutConnection
    /// Sends these bytes in place of an answer and closes the connection: what is no HTTP at all, up to some kilobytes.
    case raw([UInt8])
}

extension ServerAnswer {
    /// Text with its type, for small servers and tests.
    public static func text(_ text: String, status: Int = 200, type: String = "text/plain; charset=utf-8") -> Self {
        .response(status: status, headers: [("Content-Type", type)], body: Array(text.utf8))
    }

    /// A stream of events for browsers, which neither they nor proxies between may keep.
    public static func events(_ stream: ServerStream, headers: [(name: String, value: String)] = []) -> Self {
        .stream(
            status: 200,
            headers: [
                ("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-store"),
                ("X-Accel-Buffering", "no"),
            ] + headers, stream: stream)
    }
}
