// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Where a connector writes. Messages carry no secret at any level.
public protocol ConnectorLogger: Sendable {
    /// - Parameters:
    ///   - message: built only when the level is on.
    ///   - fields: short facts such as `("caRequestID", "900100")`.
    func log(_ level: LogLevel, _ message: @autoclosure () -> String, fields: [(String, String)])
}

/// Levels in the sense of swift-log: a library stays at `info` or below, because the thrown error tells.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    case trace, debug, info, notice, warning, error
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// Writes nothing.
public struct SilentLogger: ConnectorLogger {
    public init() {}
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String, fields: [(String, String)]) {}
}
