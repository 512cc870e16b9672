// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import JSONDocuments
import Settings
import SignIn

extension APIOperation {
    /// Tokens of our own.
    static let apiTokens = [
        APIOperation(
            "listTokens", .get, "/api-tokens", tag: "Tokens", "Tokens, newest first, without their secrets",
            permission: .manageTokens, parameters: [.flag("valid", "whether they count still")],
            answer: .list(of: .apiToken)
        ) { call in
            let now = call.now
            let tokens = try await call.tokens.list().filter { token in
                call.flag("valid").map { (token.state(at: now) == .valid) == $0 } ?? true
            }
            return try call.whole(tokens.map { $0.json(at: now) })
        },
        APIOperation(
            "createToken", .post, "/api-tokens", tag: "Tokens",
            "Make a token for a role whose rights I have; its secret is in this answer and nowhere else",
            permission: .manageTokens,
            body: .body(
                APIField("name", .text(length: 1...100), "what it is for"),
                APIField("role", .word(Role.allCases.map(\.rawValue))),
                APIField(
                    "validForSeconds", .integer(60...31_622_400), "90 days when left out", optional: true)),
            answer: .created(.newToken)
        ) { call in
            let role = call.body?["role"]?.string.flatMap(Role.init)
            guard let name = call.body?["name"]?.string, let role else { throw APIProblem.invalid([]) }
            let seconds = call.body?["validForSeconds"]?.number ?? TokenAdministration.usualLifetime
            guard
                let made = try await call.tokens.create(
                    name: name, role: role, validFor: seconds, isDryRun: call.isDryRun)
            else {
                return .json([
                    "name": .string(name), "role": .string(role.rawValue), "dryRun": true,
                    "expiresAt": .string(call.now.addingTimeInterval(seconds).ISO8601Format()),
                ])
            }
            var json = made.token.json(at: call.now)
            json["token"] = .string(made.secret.revealed)
            return .created(json, at: "/api-tokens/\(made.token.id)")
        },
        APIOperation(
            "revokeToken", .delete, "/api-tokens/{id}", tag: "Tokens",
            "Make a token worthless at once, and end what was signed in with it", permission: .manageTokens,
            parameters: [.number("id", "id of the token")], answer: .json(.apiToken)
        ) { call in
            let known = try await call.tokens.list().contains { $0.id == call.pathNumber("id") }
            guard known else { throw APIProblem.notFound("there is no token \(call.path("id"))") }
            let token = try await call.tokens.revoke("\(call.pathNumber("id"))", isDryRun: call.isDryRun)
            return .json(token.json(at: call.now))
        },
    ]
}

extension APICall {
    fileprivate var tokens: TokenAdministration { TokenAdministration(gateway.store, caller: caller) }
}

extension APISchema {
    private static let tokenFields = [
        APIField("id", .string), APIField("name", .string), APIField("role", .word(Role.allCases.map(\.rawValue))),
        APIField("kind", .word(["named", "bootstrap"])), APIField("state", .word(["valid", "expired", "revoked"])),
        APIField("createdAt", .time), APIField("createdBy", .string), APIField("expiresAt", .time),
        APIField("usedAt", .nullable(.time), "within some minutes"), APIField("revokedAt", .nullable(.time)),
        APIField("revokedBy", .nullable(.string)),
    ]
    fileprivate static let apiToken = APISchema.named("Token", .object(tokenFields, isClosed: false))
    fileprivate static let newToken = APISchema.named(
        "NewToken",
        .answer(
            APIField("name", .string), APIField("role", .word(Role.allCases.map(\.rawValue))),
            APIField("expiresAt", .time),
            APIField("token", .string, "the secret, shown once; absent in a dry run", optional: true)))
}
