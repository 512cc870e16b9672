// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Testing
import ThrowAwayServers

/// The engines whose doors the tests go through.
public enum TestEngine: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite
    case mariadb
    case postgresql
    /// Its words, looked at by `SQLServerRules` and carried out by SQLite: there is no server of it here.
    case sqlserver

    /// Those that are here.
    public static let real: [TestEngine] = [.sqlite, .mariadb, .postgresql]

    /// The one that `CERTWAY_TEST_STORE` names, for every test that opens its database by `TestDatabase`.
    public static let current: TestEngine = {
        guard let name = ProcessInfo.processInfo.environment["CERTWAY_TEST_STORE"] else { return .sqlite }
        guard let engine = TestEngine(rawValue: name) else {
            fatalError(
                "CERTWAY_TEST_STORE is \(name), expected one of \(allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return engine
    }()

    /// nil for the one that needs no server.
    var server: ThrowAwayEngine? { ThrowAwayEngine(rawValue: rawValue) }

    public var testDescription: String { rawValue }
}

extension Trait where Self == ConditionTrait {
    /// For a test of what an engine has itself: not where SQL Server's words are carried out by SQLite.
    ///
    /// - Parameter reason: what that is.
    public static func onlyWhatIsThere(_ reason: Comment) -> Self {
        .enabled(if: TestEngine.current != .sqlserver, reason)
    }

    /// For a test of what only SQLite has.
    ///
    /// - Parameter reason: what that is.
    public static func onlySQLite(_ reason: Comment) -> Self { .enabled(if: TestEngine.current == .sqlite, reason) }
}
