// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import JSONDocuments
import Ledger
import MicrosoftGraph
import Settings
import Store
import YAMLDocuments

extension ProgramFailure {
    /// How an error ends the program: status 3 says that configuration or a profile is to be mended, and nothing else does.
    init?(explaining error: any Error) {
        switch error {
        case let error as Diagnostics:
            let heading = "the configuration is invalid"
            self.init(
                .configurationInvalid, code: "configuration", heading, problems: error.all.map(\.json),
                text: "\(heading)\n\(error)")
        case let error as SettingsError:
            switch error.place {
            case .configuration: self.init(.configurationInvalid, code: "configuration", error.message)
            case .commandLine: self.init(.usage, code: "usage", error.message)
            case .state: self.init(.failed, code: "notNow", error.message)
            }
        case let error as ConnectorError:
            self.init(
                error.kind == .configuration ? .configurationInvalid : .failed, code: error.kind.rawValue, "\(error)")
        case let error as GraphError:
            self.init(error.kind == .configuration ? .configurationInvalid : .failed, code: "\(error.kind)", "\(error)")
        case let error as StoreError: self.init(.failed, code: "store", "\(error)")
        case let error as AccessDenied: self.init(.failed, code: "denied", "\(error)")
        case let error as Obstacle: self.init(.failed, code: "notNow", "\(error)")
        case let error as LedgerError: self.init(.failed, code: "ledger", "\(error)")
        default: return nil
        }
    }
}

extension Diagnostic {
    fileprivate var json: JSONValue {
        var object: [String: JSONValue] = [
            "file": .string(file), "keyPath": .string(keyPath), "message": .string(message),
        ]
        if let line { object["line"] = JSONValue(line) }
        if let column { object["column"] = JSONValue(column) }
        if let hint { object["hint"] = .string(hint) }
        return .object(object)
    }
}
