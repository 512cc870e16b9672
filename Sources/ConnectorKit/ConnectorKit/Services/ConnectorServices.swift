// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import HTTPTransport

/// What the host lends a connector. A connector opens no socket, file or clock of its own.
public struct ConnectorServices: Sendable {
    public var http: any HTTPClient
    public var clock: any ConnectorClock
    public var logger: any ConnectorLogger
    /// Shared by all work on the same backend CA; the HTTP client does not know it, the connector asks before each call.
    public var rateLimiter: any RateLimiter

    public init(
        http: any HTTPClient, clock: any ConnectorClock, logger: any ConnectorLogger, rateLimiter: any RateLimiter
    ) {
        self.http = http
        self.clock = clock
        self.logger = logger
        self.rateLimiter = rateLimiter
    }
}
