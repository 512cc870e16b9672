// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A certificate with its key by mail, its password in another mailbox (docs/decisions/0055): what a mail server has delivered is read by
/// Python's mail library, what Graph has taken is in the sandbox, and openssl opens the one with the other.
@Suite(.timeLimit(.minutes(3))) struct MailedHandOverTests {
    private struct Mail {
        let to: String
        let text: String
        let files: [Data]
    }

    @Test(arguments: [true, false]) func theFileHereAndThePasswordThere(bySMTP: Bool) async throws {
        let folder = try TemporaryFolder()
        let clock = folder.path("clock")
        let sandbox = try await SandboxProcess([
            "--users", "3", "--only", "tenant", "--only", "digicert-certcentral", "--instant", "--clock", clock,
        ])
        let names = (try await sandbox.control("/control/people")["people"]?.array ?? []).compactMap {
            $0["userPrincipalName"]?.string
        }
        let server = bySMTP ? try await TestMailServer() : nil
        let way =
            try server.map {
                let password = try folder.write(TestMailServer.password, to: "password")
                return """
                    from: certway@sandbox.example, smtp: {server: "127.0.0.1:\($0.port)", user: \(TestMailServer.user), \
                    password: "file:\(password)", tlsRoots: \($0.roots)}
                    """
            } ?? "from: \(names[2])"
        let gateway = try await GatewayUnderTest(sandbox: sandbox, clock: clock) {
            $0 + """

                handOver: {keepKeyFor: 1d, byMail: {passwordTo: \(names[1])}}
                notifications: {\(way), perMinute: 1800, events: [{event: digest, send: false}, {event: issued, send: false}]}

                """
        }
        try await gateway.finish(within: 30)
        let certificates = try await gateway.certway(["certificate", "list", "--output", "json"]).json.array ?? []
        func serial(of name: String) throws -> String {
            try #require(certificates.first { $0["userPrincipalName"]?.string == name }?["serialNumber"]?.string)
        }
        let (own, others) = (try serial(of: names[0]), try serial(of: names[1]))
        let refused = try await gateway.certway(["handover", "mail", others])
        #expect(refused.status != 0 && refused.errors.contains("who gets the file"), "\(refused.errors)")
        #expect(try await gateway.certway(["handover", "mail", own, "--dry-run"]).output.contains("nothing was sent"))
        let mail = ["handover", "mail", own, "--device", "windows"]
        let ordered = try await gateway.certway(mail)
        try #require(ordered.status == 0, "\(ordered.errors)")
        #expect(try await gateway.certway(mail).errors.contains("on its way by mail already"))

        func listed() async throws -> JSONValue? {
            try await gateway.certway(["handover", "list", own, "--output", "json"]).json.array?.first
        }
        try await gateway.pass {
            try await listed()?["mails"]?.array?.allSatisfy { $0["state"] == "sent" } ?? false
        }
        let mails = try await mails(server, sandbox)
        #expect(mails.count == 2, "\(mails.map(\.to))")
        let file = try #require(mails.first { !$0.files.isEmpty })
        let other = try #require(mails.first { $0.files.isEmpty })
        #expect(file.to == names[0] && other.to == names[1] && file.files.count == 1)
        let password = String(
            try #require(other.text.firstMatch(of: /(?m)^\s*([A-Za-z0-9_.~!\-]{32})\s*$/), "\(other.text)").1)
        #expect(!file.text.contains(password))
        try await open(file.files[0], password, own, folder)
        #expect(try await listed()?["state"] == "mailed")
        let taken = try await gateway.certway([
            "handover", "withdraw", try await listed()?["id"]?.string ?? "", "--because", "a test",
        ])
        #expect(taken.errors.contains("its mails have left already"), "\(taken.errors)")
        #expect(try await gateway.certway(["audit", "verify"]).status == 0)
        #expect(!gateway.said.contains(password))
    }

    private func mails(_ server: TestMailServer?, _ sandbox: SandboxProcess) async throws -> [Mail] {
        if let server {
            return try await server.mails().map { mail in
                Mail(
                    to: mail["for"]?.string ?? "", text: mail["text"]?.string ?? "",
                    files: (mail["files"]?.array ?? []).compactMap {
                        $0["name"] == "certificate.p12" && $0["type"] == "application/x-pkcs12"
                            ? $0["content"]?.string.flatMap { Data(base64Encoded: $0) } : nil
                    })
            }
        }
        return (try await sandbox.control("/control/mails")["mails"]?.array ?? []).map { mail in
            let message = mail["message"]
            return Mail(
                to: mail["recipients"]?[0]?.string ?? "", text: message?["body"]?["content"]?.string ?? "",
                files: (message?["attachments"]?.array ?? []).compactMap {
                    $0["contentBytes"]?.string.flatMap { Data(base64Encoded: $0) }
                })
        }
    }

    /// The key in the file is that of the certificate.
    private func open(_ file: Data, _ password: String, _ serial: String, _ folder: TemporaryFolder) async throws {
        let path = try folder.write(Array(file), to: "mailed.p12")
        let secret = try folder.write(password, to: "mailed-password")
        let all = try await Tool.run(["openssl", "pkcs12", "-in", path, "-passin", "file:\(secret)", "-nodes"])
        let key = try await Tool.openssl("pkey", "-pubout", input: Array(all.utf8))
        let certificate = try await Tool.openssl("x509", "-pubkey", "-noout", input: Array(all.utf8))
        let number = try await Tool.openssl("x509", "-serial", "-noout", input: Array(all.utf8))
        #expect(key == certificate && number.lowercased().contains(serial.lowercased()), "\(number)")
    }
}
