// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Secrets
import Synchronization
import TestSupport

@testable import ExternalPlugin

/// A connector with a program written by a test.
struct ProgramUnderTest {
    let folder: TemporaryFolder
    let connector: ExternalConnector
    let log = CollectingLogger()

    /// The example CA of the module's folder.
    static let example = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Plugins/External/example/example_ca.py")

    static let abilities = "[poll, findByReference, revoke, renew, inventory, listProducts]"

    /// - Parameters:
    ///   - body: Python that runs for each call; `call` is the call, `answer` sends members for it.
    ///   - start: Python that may define another `start()`.
    init(
        answering body: String, start: String = "", timeout: String = "5s", processes: Int = 2,
        maximumAnswer: Int = 65536, abilities: String = Self.abilities
    ) throws {
        let folder = try TemporaryFolder()
        let indented = body.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        let program = try folder.write(
            """
            #!/usr/bin/python3
            import json, os, sys, time
            def answer(**members):
                print(json.dumps(dict(members, call=call["call"])), flush=True)
            def start():
                answer(ready={})
            \(start)
            for line in sys.stdin:
                call = json.loads(line)
                with open("\(folder.path)/calls", "a") as file: file.write(call["operation"] + "\\n")
                if call["operation"] == "start":
                    start()
                    continue
            \(indented)

            """, to: "program")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
        try self.init(
            folder, program, timeout: timeout, processes: processes, maximumAnswer: maximumAnswer, abilities: abilities)
    }

    init(
        _ folder: TemporaryFolder, _ program: String, timeout: String = "5s", processes: Int = 2,
        maximumAnswer: Int = 65536, abilities: String = Self.abilities, absenceIsSureAfter: Duration? = nil
    ) throws {
        self.folder = folder
        let profile = try ConnectorProfile.read(
            """
            connector: example
            title: Example
            module: external
            settings:
              program: {type: file, title: Program}
              folder: {type: file, title: Folder, required: false}
              domains: {type: text, title: Domains, required: false}
              token: {type: secret, title: Token, required: false}
            external: {processes: \(processes), timeout: \(timeout), startTimeout: 5s, maximumAnswer: \(maximumAnswer)}
            abilities: \(abilities)
            """, file: "example.yaml")
        let settings = try profile.settings(
            values: [
                "program": .string(program), "folder": .string(folder.path("ca")), "domains": "example.test",
            ], secrets: ["token": Secret("s3cret-token")], absenceIsSureAfter: absenceIsSureAfter)
        connector = try ExternalConnector(
            profile: profile, settings: settings,
            services: ConnectorServices(
                http: NoClient(), clock: SystemClock(), logger: log,
                rateLimiter: SlidingWindowRateLimiter(limits: [], clock: SystemClock())))
    }

    var calls: [String] {
        let text = (try? String(contentsOfFile: folder.path("calls"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    static func request(_ name: String = "ada", domain: String = "example.test") throws -> CertificateRequest {
        let key = try PrivateKey.generate(.p256)
        let names = RequestedNames(commonName: name, emails: ["\(name)@\(domain)"])
        return CertificateRequest(
            reference: "ref-\(name)", product: "smime",
            csr: try CertificateSigningRequest.make(
                subject: names.distinguishedName, alternativeNames: names.alternativeNames, key: key), names: names,
            purpose: .smime)
    }
}

/// Programs do their own talking.
struct NoClient: HTTPClient {
    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        throw HTTPTransportError(.notSent, "no network in this test")
    }
}

final class CollectingLogger: ConnectorLogger {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func log(_ level: LogLevel, _ message: @autoclosure () -> String, fields: [(String, String)]) {
        let line = "\(level) \(message())"
        state.withLock { $0.append(line) }
    }
}
