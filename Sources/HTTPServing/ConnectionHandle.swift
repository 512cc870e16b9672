// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD

/// A connection of libmicrohttpd: the one place that keeps its pointer beyond a callback.
///
/// Valid until libmicrohttpd has told of the end of the connection; a suspended connection cannot end.
final class ConnectionHandle: @unchecked Sendable {
    // libmicrohttpd allows resuming from any thread; all other calls are made on the thread of the connection.
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    /// Takes the connection out of the polling; only from within a callback of libmicrohttpd for this connection.
    /// Meanwhile it has no timeout, and nobody notices that its client left.
    func suspend() { MHD_suspend_connection(pointer) }

    /// Lets libmicrohttpd go on with a suspended connection: exactly once for each suspension.
    func resume() { MHD_resume_connection(pointer) }
}
