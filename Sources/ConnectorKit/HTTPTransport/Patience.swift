// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How long whoever works waits for services that do not answer. Work of its own tries again for minutes, for it has nothing better to
/// do; where somebody sits before a page, they are told after some seconds who does not answer, and when to try again.
public enum Patience {
    /// Whether somebody waits for what the present task does.
    @TaskLocal public static var isShort = false

    /// For name resolution, connecting and TLS handshake together.
    static let connecting = Duration.seconds(5)
    /// For a request that only reads. Others keep their time: to give one up that has left is not to know whether it was done.
    static let reading = Duration.seconds(15)
}

extension HTTPRequest {
    /// The request as whoever waits now lets it take.
    func bounded() -> HTTPRequest {
        guard Patience.isShort else { return self }
        var request = self
        request.connectTimeout = min(connectTimeout ?? Patience.connecting, Patience.connecting)
        if isSafe { request.timeout = min(timeout, Patience.reading) }
        return request
    }
}
