// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What is sent bit by bit while its connection is open.
protocol StreamedContent: AnyObject, Sendable {
    /// The server will send it.
    func begin()
    /// Copies what is next. Nothing to send suspends the connection, and whoever has more resumes it.
    func read(into buffer: UnsafeMutableRawBufferPointer, _ connection: ConnectionHandle) -> StreamedPart
    /// The server stops.
    func stop()
    /// The connection is over, or was never begun.
    func close()
    /// Called twice in a second while it is open.
    func keepAlive(silentFor silence: Duration)
    /// Whether the client has to fetch it as fast as any other answer.
    var isPaced: Bool { get }
}

/// What comes next of streamed content.
enum StreamedPart {
    /// So many bytes; 0 when the connection was suspended.
    case bytes(Int)
    case end
    /// It breaks off, and the client learns that it is not whole.
    case broken
}
