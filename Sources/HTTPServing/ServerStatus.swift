// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a server is busy with.
public struct ServerStatus: Sendable {
    public var connections = 0
    /// Requests whose handlers work.
    public var requests = 0
    public var streams = 0
    /// Connections beyond the limits, since the start.
    public var refusedConnections = 0
    /// Connections of clients that took too long, since the start.
    public var lateConnections = 0
}
