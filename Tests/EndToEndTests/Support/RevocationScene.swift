// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import JSONDocuments
import TestSupport
import Testing

/// Two people with certificates, of whom one loses it.
struct RevocationScene {
    let gateway: GatewayUnderTest
    let connector: String
    let serial: String
    let reference: String
    private let chain: [String]

    init(_ connector: String, change: (String) -> String = { $0 }) async throws {
        self.connector = connector
        gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "2", "--only", "tenant", "--only", connector]),
            keyType: connector == "globalsign-atlas" ? "rsa2048" : "p256", connector: connector, change: change)
        try await gateway.finish()
        let orders = try await gateway.certway(["order", "list", "--output", "json"]).json.array ?? []
        try #require(orders.count == 2 && orders.allSatisfy { $0["stage"] == "active" }, "\(orders)")
        reference = orders[0]["reference"]?.string ?? ""
        let certificates = try await gateway.certway(["certificate", "list", "--output", "json"]).json.array ?? []
        let own = try #require(certificates.first { $0["orderID"] == orders[0]["id"] })
        serial = own["serialNumber"]?.string ?? ""
        let shown = try await gateway.certway(["certificate", "show", serial, "--output", "json"])
        chain = try shown.json["chain"]?.array?.compactMap(\.string) ?? []
        try #require(chain.count >= 2)
    }

    @discardableResult
    func revoke(_ more: [String] = []) async throws -> Run {
        try await gateway.certway(
            ["certificate", "revoke", serial, "--reason", "keyCompromise", "--because", "stolen"] + more)
    }

    /// State, taken, seen of the newest action of the kind; nil for none.
    func lamps(_ kind: String = "revoke") async throws -> [String?]? {
        let shown = try await gateway.certway(["certificate", "show", serial, "--output", "json"])
        let actions = try shown.json["actions"]?.array ?? []
        guard let action = actions.first(where: { $0["kind"]?.string == kind }) else { return nil }
        return [
            action["state"]?.string, action["takenAt"]?.string.map { _ in "taken" },
            action["seenAt"]?.string.map { _ in "seen" },
        ]
    }

    /// Calls of the CA that revoke.
    func revocations() async throws -> Int {
        let counts = try await gateway.sandbox.control("/control/state")["requests"]?.object ?? [:]
        return counts.filter { $0.key.lowercased().contains("revoke") }.reduce(0) { $0 + ($1.value.int ?? 0) }
    }

    /// As an officer of the CA does it there.
    func revokeAtCA() async throws {
        let orders = try await gateway.sandbox.orders(connector)
        let order = try #require(
            orders.first { order in
                order["certificates"]?.array?.contains { $0["serialNumber"]?.string == serial } ?? false
            }, "\(orders)")
        let id = order["id"]?.identifier ?? order["id"]?.string ?? ""
        try await gateway.sandbox.control(
            "/control/cas/\(connector)/orders/\(id)", method: "POST", body: #"{"decision":"revoke","reason":1}"#)
    }

    /// What independent tools say: of the list itself, of the certificate by it, and what the responder answers.
    func openssl() async throws -> (list: Run, verify: Run, responder: String) {
        let folder = gateway.folder
        let leaf = try folder.write(chain[0], to: "leaf.pem")
        let issuer = try folder.write(chain[1], to: "issuer.pem")
        let issuers = try folder.write(chain.dropFirst().joined(separator: "\n"), to: "issuers.pem")
        let root = folder.path("roots.pem")
        let text = try await Run.tool("openssl", ["x509", "-in", leaf, "-noout", "-text"]).output
        let address = try #require(text.firstMatch(of: /URI:(http:\S+\.crl)/)?.1, "\(text)")
        let answer = try await CurlHTTPClient().send(HTTPRequest(url: String(address)))
        let list = folder.path("list.crl")
        try Data(answer.body).write(to: URL(fileURLWithPath: list))
        let pem = try await Run.tool("openssl", ["crl", "-in", list, "-inform", "DER"]).output
        let lists = try folder.write(pem, to: "list.pem")
        let responder = text.firstMatch(of: /OCSP - URI:(\S+)/).map { String($0.1) }
        var answered = ""
        if let responder {
            let run = try await Run.tool(
                "openssl",
                [
                    "ocsp", "-issuer", issuer, "-cert", leaf, "-url", responder, "-CAfile", root, "-verify_other",
                    issuer,
                ])
            answered = run.output + run.errors
        }
        return (
            try await Run.tool("openssl", ["crl", "-in", list, "-inform", "DER", "-noout", "-CAfile", issuer]),
            try await Run.tool(
                "openssl",
                [
                    "verify", "-crl_check", "-CRLfile", lists, "-untrusted", issuers, "-CAfile", root,
                    "-purpose", "any", leaf,
                ]),
            answered
        )
    }
}

extension GatewayUnderTest {
    /// As an administrator of the tenant does it in Intune.
    func deletePFX(_ id: String) async throws {
        let secret =
            sandbox.text("tenant", "clientSecret").addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let login = try await CurlHTTPClient().send(
            HTTPRequest(
                method: "POST",
                url: "\(sandbox.text("tenant", "login"))/\(sandbox.text("tenant", "id"))/oauth2/v2.0/token",
                headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Array(
                    ("grant_type=client_credentials&client_id=\(sandbox.text("tenant", "clientID"))&client_secret="
                        + "\(secret)&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default")
                        .utf8)))
        let token = try JSONValue(parsing: login.body)["access_token"]?.string ?? ""
        let answer = try await CurlHTTPClient().send(
            HTTPRequest(
                method: "DELETE",
                url: "\(sandbox.text("tenant", "graph"))/beta/deviceManagement/userPfxCertificates/\(id)",
                headers: [("Authorization", "Bearer \(token)")]))
        try #require(answer.isSuccess, "\(answer.status) \(answer.text)")
    }
}
