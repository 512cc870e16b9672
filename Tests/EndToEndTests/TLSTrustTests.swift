// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The gateway against a tenant over TLS, and whom it trusts there and at a CA.
@Suite(.timeLimit(.minutes(10))) struct TLSTrustTests {
    private func gateway() async throws -> GatewayUnderTest {
        let sandbox = try await SandboxProcess(
            ["--users", "3", "--tls", "--only", "tenant", "--only", "globalsign-atlas"])
        return try await GatewayUnderTest(sandbox: sandbox, keyType: "rsa2048", connector: "globalsign-atlas")
    }

    @Test(arguments: ["secret", "certificate"]) func theWholeJobOverTLS(signIn: String) async throws {
        let gateway = try await gateway()
        if signIn == "certificate" {
            let (sandbox, folder) = (gateway.sandbox, gateway.folder)
            let certificate = try folder.write(
                sandbox.text("tenant", "certificate", "certificatePEM"), to: "client.pem")
            let key = try folder.write(sandbox.text("tenant", "certificate", "privateKeyPEM"), to: "client.key")
            try await gateway.reconfigure {
                $0.replacing(
                    "clientSecret: \"file:\(folder.path)/client-secret\"",
                    with: "clientCertificate: \(certificate), clientKey: \"file:\(key)\"")
            }
        }
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(3))
    }

    /// A file that the environment names for the secrets of TLS sessions, as debuggers want it, gets none.
    @Test func noSessionSecretIsWritten() async throws {
        let gateway = try await gateway()
        let log = gateway.folder.path("sessions")
        try await gateway.certway(["plan"], environment: ["SSLKEYLOGFILE": log])
        #expect(!FileManager.default.fileExists(atPath: log))
        // The library would write it: the same request by a program that does not take the name away.
        let root = try gateway.folder.write(gateway.sandbox.text("tenant", "tlsRootPEM"), to: "root.pem")
        let address = gateway.sandbox.text("tenant", "graph")
        _ = try await Run.program(
            "env", ["SSLKEYLOGFILE=\(log)", "curl", "-s", "--cacert", root, address])
        #expect(FileManager.default.fileExists(atPath: log), "the check can fail")
    }

    /// Where roots are given, the system's count for nothing. Both runs see a system store that holds the sandbox's roots.
    @Test func ownRootsAreTrustedAlone() async throws {
        let gateway = try await gateway()
        let folder = gateway.folder
        let store = folder.path("store")
        try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: false)
        let roots = [
            gateway.sandbox.text("tenant", "tlsRootPEM"),
            gateway.sandbox.text("cas", "globalsign-atlas", "tlsRootPEM"),
        ]
        for (number, root) in roots.enumerated() { try folder.write(root, to: "store/\(number).pem") }
        try folder.write(roots.joined(), to: "store/ca-certificates.crt")
        _ = try await Tool.run(["openssl", "rehash", store])
        let links = try FileManager.default.contentsOfDirectory(atPath: store).filter { $0.hasSuffix(".0") }
        try #require(links.count == 2, "a folder as OpenSSL looks into it")
        let configured = try String(contentsOfFile: gateway.configuration, encoding: .utf8)

        /// What both say with that system store: status of each, and what they print.
        func verdicts() async throws -> (statuses: [Int32], texts: [String]) {
            var runs: [Run] = []
            for command in [["plan"], ["ca", "check", "ca"]] {
                runs.append(
                    try await Run.program(
                        "unshare",
                        ["-rm", "sh", "-c", "mount --bind \"$0\" /etc/ssl/certs && exec \"$@\"", store]
                            + [BuiltPrograms.path("certway")] + command + ["--home", gateway.home]))
            }
            return (runs.map(\.status), runs.map { $0.output + $0.errors })
        }
        let tenantRoots = "tlsRoots: \(folder.path)/tenant-roots.pem"
        try #require(configured.contains(tenantRoots) && configured.contains("\"tlsRoots\":"))
        // Without roots of their own, both are trusted by the system's.
        try await gateway.reconfigure { text in
            text.replacing(", " + tenantRoots, with: "")
                .replacing(/"tlsRoots":"[^"]*",?/, with: "")
        }
        let bySystem = try await verdicts()
        #expect(bySystem.statuses == [0, 0], "\(bySystem.texts)")
        // With the other's root, each is a stranger, though the system knows it.
        try await gateway.reconfigure { _ in
            configured.replacing("tenant-roots.pem", with: "x").replacing("/tls-roots.pem", with: "/tenant-roots.pem")
                .replacing("\(folder.path)/x", with: "\(folder.path)/tls-roots.pem")
        }
        let strangers = try await verdicts()
        #expect(!strangers.statuses.contains(0), "\(strangers.texts)")
        for text in strangers.texts { #expect(text.contains("certificate"), "\(text)") }
        // With its own, each is known.
        try await gateway.reconfigure { _ in configured }
        let own = try await verdicts()
        #expect(own.statuses == [0, 0], "\(own.texts)")
    }

    @Test func rootsWithoutACertificateAreNamed() async throws {
        let gateway = try await gateway()
        for file in ["tenant-roots.pem", "tls-roots.pem"] {
            let whole = try String(contentsOfFile: gateway.folder.path(file), encoding: .utf8)
            try gateway.folder.write("no certificate", to: file)
            let command = file == "tls-roots.pem" ? ["ca", "check", "ca"] : ["plan"]
            let run = try await gateway.certway(command)
            #expect(run.status != 0)
            let said = run.output + run.errors
            #expect(said.contains("tlsRoots: file \(gateway.folder.path(file)) holds no PEM certificate"), "\(said)")
            try gateway.folder.write(whole, to: file)
        }
    }
}
