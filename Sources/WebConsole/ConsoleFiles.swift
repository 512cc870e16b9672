// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import HTTPServing

/// The static files of the console.
public struct ConsoleFiles: Sendable {
    public init() {}

    /// The answer for a path of the console; nil when it has no such file.
    public func answer(_ request: ServerRequest) -> ServerAnswer? { nil }
}
