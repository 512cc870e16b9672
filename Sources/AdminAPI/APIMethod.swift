// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The methods that operations have.
public enum APIMethod: String, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"

    /// Whether it changes nothing (RFC 9110 section 9.2.1).
    public var isSafe: Bool { self == .get }
}
