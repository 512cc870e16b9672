// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A CA server that somebody else has written: `cfssl serve` of Debian's golang-cfssl.
@Suite(.timeLimit(.minutes(5))) struct CfsslTests {
    /// The server with its CA, until the test ends.
    private final class Server: Sendable {
        let folder: TemporaryFolder
        let process: ChildProcess
        let endpoint: String

        init() async throws {
            folder = try TemporaryFolder()
            process = try await ChildProcess(
                "\(BuiltPrograms.repository)/Scripts/cfssl-server", [folder.path], output: .pipe)
            endpoint = try await process.line().trimmingCharacters(in: .newlines)
        }

        /// Serial numbers and states in the server's own database.
        func certificates() async throws -> [[String]] {
            try await Tool.run(
                [
                    "sqlite3", "-separator", " ", "certificates.db",
                    "SELECT status, reason, serial_number FROM certificates",
                ],
                folder: folder.path
            ).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        }
    }

    private func gateway(_ server: Server, authKey: String? = nil, users: Int = 3) async throws -> GatewayUnderTest {
        let key = try authKey ?? String(contentsOfFile: server.folder.path("auth.key"), encoding: .utf8)
        return try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "\(users)", "--only", "tenant"]), keyType: "rsa2048",
            connector: "cfssl",
            product: "smime",
            ca: [
                "endpoint": .string(server.endpoint),
                "rootPEM": .string(try String(contentsOfFile: server.folder.path("ca.pem"), encoding: .utf8)),
                "settings": [
                    "authKey": .string(key),
                    "recordsAuthorityKey": false,
                ],
            ])
    }

    @Test func mainJob() async throws {
        let server = try await Server()
        let gateway = try await gateway(server)
        let check = try await gateway.certway(["ca", "check"])
        #expect(check.status == 0 && check.output.contains("email protection"), "\(check.output) \(check.errors)")
        let run = try await gateway.finish()
        #expect(try await gateway.stages() == ["active": 3], "\(run.output) \(run.errors)")
        #expect(try await gateway.sandbox.control("/control/pfx")["pfx"]?.array?.count == 3)
        // Once each, by the server's own record and by openssl's word on what is in it.
        let known = try await server.certificates()
        #expect(known.count == 3 && known.allSatisfy { $0[0] == "good" })
        let judged = try await Tool.run(
            [
                "sh", "-c",
                """
                for s in $(sqlite3 certificates.db 'SELECT serial_number FROM certificates'); do
                  sqlite3 certificates.db "SELECT pem FROM certificates WHERE serial_number = '$s'" > leaf.pem
                  openssl verify -purpose smimesign -CAfile ca.pem leaf.pem > verdict || exit 1
                  openssl x509 -in leaf.pem -noout -serial | cut -d= -f2
                done
                """,
            ], folder: server.folder.path
        ).split(separator: "\n").map(String.init)
        let list = try await gateway.certway(["certificate", "list", "--output", "json"]).json.array ?? []
        #expect(judged.sorted() == list.compactMap { $0["serialNumber"]?.string }.sorted())
    }

    /// A key that the server does not know is told as such, and nothing is signed.
    @Test(arguments: ["00112233445566778899aabbccddeeff", "no key at all"])
    func anotherKeyIsRefused(_ key: String) async throws {
        let server = try await Server()
        let gateway = try await gateway(server, authKey: key, users: 1)
        let run = try await gateway.certway(["run", "--once"])
        #expect(run.status != 0 && (run.output + run.errors).contains("key"), "\(run.output) \(run.errors)")
        #expect(try await server.certificates().isEmpty)
    }

    @Test func conformance() async throws {
        let server = try await Server()
        let gateway = try await gateway(server)
        let run = try await gateway.certway([
            "ca", "conformance", "ca", "--orders", "400", "--concurrent", "20", "--domain", "sandbox.example", "--seed",
            "1",
            "--patience", "3", "--output", "json",
        ])
        try #require(run.status == 0 || !run.output.isEmpty, "\(run.errors)")
        let checks = try run.json["checks"]?.array ?? []
        let failed = checks.filter { $0["verdict"] == "failed" }
        #expect(run.status == 0 && failed.isEmpty, "\(failed) \(run.errors)")
        let proved = Set(checks.filter { $0["verdict"] == "passed" }.compactMap { $0["id"]?.string })
        for check in [
            "certificate.request", "certificate.names", "certificate.chain", "keys.refused", "load.concurrent",
        ] {
            #expect(proved.contains(check), "\(check): \(proved.sorted())")
        }
        #expect(try await server.certificates().contains { $0[0] == "revoked" })
    }
}
