// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// The sandbox of the SSL.com web services for e-mail certificates (docs/wire/ssl-com.md).
final class SSLComSandbox: CASandbox {
    static let name = "ssl-com"

    private let server: CAServer
    private let account: SSLComAccount

    init(_ setup: CASetup) throws {
        server = try CAServer(Self.name, title: "SSL.com", setup: setup)
        server.switches.declare([
            // How often somebody must ask until the mailboxes are validated; with true, until the control API approves.
            "validationPolls": 0, "manualValidation": .bool(setup.validatesEmails),
            "errorsWith200": false, "listLag": 0, "deposit": 1_000_000,
        ])
        server.switches.declare(lacking: [.securityIdentifiers, .cancelling, .renewing, .tokens, .listedSerialNumbers])
        account = SSLComAccount(server: server, isHostile: setup.surroundings.hostility != nil)
        let account = account
        server.begin(
            SSLComDialect(switches: server.switches),
            routes: SSLComOrderEndpoints(account: account).routes + SSLComListEndpoint(account: account).routes
                + SSLComRevocationEndpoint(account: account).routes
        ) { try account.admit($0) }
    }

    var json: JSONValue {
        server.json(
            settings: ["accountKey": .string(account.accountKey), "secretKey": .string(account.secretKey)],
            products: SSLComProduct.all.map(\.id))
    }

    var control: any CAControl { SSLComControl(account: account) }

    func stop() { server.stop() }
}
