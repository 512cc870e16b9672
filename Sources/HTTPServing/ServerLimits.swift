// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a server with an asynchronous handler grants its clients.
public struct ServerLimits: Sendable {
    /// How many connections may be open. Some more are taken to say 503, further ones are closed at once. Lowered to what the
    /// limit of open files of the process allows, which is raised as far as it can be.
    public var connections = 2048
    /// How many of them one client may have: an IPv4 address, or 64 bits of an IPv6 address. Proxies are exempt.
    public var connectionsPerAddress = 256
    /// Bytes of all headers together; more is answered 431.
    public var headSize = 20 << 10
    /// Bytes of path and query; more is answered 414.
    public var targetSize = 12 << 10
    /// How long the first request of a connection may take to its blank line, and so the handshake of TLS.
    public var headTime = Duration.seconds(15)
    /// How long a body may take beside what `slowestRate` allows.
    public var bodyTime = Duration.seconds(20)
    /// How long a client may take to fetch an answer beside what `slowestRate` allows.
    public var answerTime = Duration.seconds(60)
    /// Bytes in a second that a client must send or fetch at least.
    public var slowestRate = 4096
    /// How long a connection is kept without a request.
    public var idleTime = Duration.seconds(75)
    /// How long a stream is silent before it gets a comment; what was written to a client that left is noticed by it.
    public var streamSilence = Duration.seconds(15)

    public init() {}
}
