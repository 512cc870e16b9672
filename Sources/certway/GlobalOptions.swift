// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Foundation
import Gateway

/// Options every command understands.
enum GlobalOptions {
    static let all: [Option] = [
        .value("home", "DIR", "the gateway's folder (default: $CERTWAY_HOME, or ~/.certway)"),
        .value("store", "URL", "the database (default: $CERTWAY_STORE, DIR/store.yaml, or DIR/certway.db)"),
        .value("connectors", "DIR", "further folder of connector profiles, looked at first"),
        .value("rules", "DIR", "further folder of rule files, looked at first"),
        .value("modules", "DIR", "further folder of connector modules, looked at first"),
        .choice("output", ["table", "json"], "how results are printed", default: "table"),
        .choice(
            "log", LogLevel.allCases.map { "\($0)" }, "least level that is logged to standard error", default: "notice"),
        .choice(
            "log-format", StandardLogger.Format.allCases.map(\.rawValue),
            "how it is logged: for people, or one JSON object in a line", default: "text"),
    ]
}

extension Invocation {
    var home: GatewayHome {
        GatewayHome(option: value("home"), store: value("store"), command: path.joined(separator: " "))
    }
    var profiles: Profiles {
        Profiles(connectors: value("connectors"), modules: value("modules"), rules: value("rules"))
    }
    /// Who acts, for records.
    var actor: String { "\(NSUserName()) on the command line" }
    var caller: Caller { .commandLine(actor) }
    var wantsJSON: Bool { value("output") == "json" }
    var logger: StandardLogger {
        // Why somebody waits is mostly that a service does not answer.
        let overhear: @Sendable (String) -> Void = { line in
            if line.hasSuffix("it is tried again") { LongWork.note(line) }
        }
        return StandardLogger(
            threshold: LogLevel.allCases.first { "\($0)" == value("log") } ?? .notice,
            format: value("log-format").flatMap(StandardLogger.Format.init) ?? .text, write: Terminal.complain,
            overhear: LongWork.isWatched ? overhear : nil)
    }
}

extension Gateway {
    /// The gateway that a command line means.
    static func open(
        _ invocation: Invocation, home: GatewayHome? = nil, mayMigrate: Bool = true
    ) async throws -> Gateway {
        try await open(
            home ?? invocation.home, profiles: invocation.profiles, logger: invocation.logger, mayMigrate: mayMigrate)
    }
}
