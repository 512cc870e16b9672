// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Gateway
import JSONDocuments
import Settings

/// Where a live demo is to be found, and what gets in.
struct LiveDemoAddresses {
    /// Without a slash at the end.
    let console: String
    /// The sandbox's control API.
    let control: String
    /// Secrets by role.
    let tokens: [String: String]

    /// One for each role that a program can have; employees are people.
    static func makeTokens(_ store: GatewayStore) async throws -> [String: String] {
        let administration = TokenAdministration(store, caller: .commandLine("demo"))
        var tokens: [String: String] = [:]
        for role in Role.allCases where role != .employee {
            guard let made = try await administration.create(name: "demo \(role.rawValue)", role: role) else {
                continue
            }
            tokens[role.rawValue] = made.secret.revealed
        }
        return tokens
    }

    var json: JSONValue {
        [
            "console": .string("\(console)/console"), "api": .string("\(console)/api/v1"),
            "openapi": .string("\(console)/api/v1/openapi.json"), "status": .string("\(console)/status"),
            "control": .string(control), "tokens": .object(tokens.mapValues { .string($0) }),
        ]
    }

    var text: String {
        """
        The console is open: \(console)/console
        Sign in with Entra ID leads to the sandbox tenant, where one click makes you any role.
        For everybody: \(console)/status    API: \(console)/api/v1    its document: \(console)/api/v1/openapi.json
        Everything is made up and forgotten at the end. Ctrl-C stops it.
        """
    }
}
