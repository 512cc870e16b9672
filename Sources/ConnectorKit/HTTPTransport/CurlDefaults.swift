// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What all requests of one client have in common.
struct CurlDefaults: Sendable {
    let tls: TLSOptions
    let connectTimeout: Duration
    let userAgent: String
    /// How long a connection may have been idle, in seconds, to carry a request that must not be sent twice. Shorter than
    /// the keep-alive time of common servers (5 s and more), so that they hardly ever close it at that very moment.
    let maximumIdleTimeForUnsafe: Int
    /// The same for safe requests; libcurl repeats those on a fresh connection.
    let maximumIdleTime = 60
}
