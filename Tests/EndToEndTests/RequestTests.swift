// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// A server's certificate from the request to the chain, through the built programs: a CA of one's own that was made for servers, the
/// service, and two people who ask for certificates by the API.
@Suite(.timeLimit(.minutes(5))) struct RequestTests {
    /// Somebody with a token, and what the API answers.
    private struct Person {
        let url: String
        let token: String

        func ask(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> (Int, String) {
            var arguments = [
                "-s", "-X", method, "-w", "\n%{http_code}", "-H", "Authorization: Bearer \(token)", "-H",
                "Idempotency-Key: \(UUID().uuidString)",
            ]
            if let body { arguments += ["-H", "Content-Type: application/json", "--data-binary", body.text] }
            let answer = try await Run.tool("curl", arguments + ["\(url)/api/v1/certificate-requests\(path)"])
            let lines = answer.output.split(separator: "\n", omittingEmptySubsequences: false)
            return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
        }

        func json(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
            let (status, text) = try await ask(method, path, body)
            try #require(status == 200, "\(method) \(path): \(status) \(text)")
            return try JSONValue(parsing: text)
        }
    }

    private let place: TemporaryFolder
    private let gateway: GatewayUnderTest
    private let service: ChildProcess
    private let ada: Person
    private let bob: Person
    private let eve: Person

    init() async throws {
        let place = try TemporaryFolder()
        self.place = place
        let made = try await Run.certway(["ca", "create", place.path("ca"), "--for", "serverAuthentication"])
        try #require(made.status == 0, "\(made.errors)")
        let sandbox = try await SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox) { yaml in
            yaml.replacing(
                "backendCAs: [",
                with: """
                    backendCAs: [{"name": "inside", "connector": "local-ca", "acceptedRoots": "\(place.path("ca/root.pem"))", \
                    "settings": {"directory": "\(place.path("ca"))"}}, 
                    """
            ).replacing(
                "limits: {orders",
                with: """
                      - name: web
                        for: requests
                        backendCA: inside
                        product: server
                        validityDays: 12
                        requests: {domains: [example.org], keys: [p256], approval: true, remindBefore: 30d}
                    limits: {orders
                    """)
        }
        self.gateway = gateway
        service = try await gateway.start(["serve", "--listen", "127.0.0.1:0"])
        try #require(await gateway.serviceSays("console and API at "))
        let url = try #require(try gateway.serviceLog().firstMatch(of: /console and API at (\S+)/)).1
        func person(_ name: String, _ role: String) async throws -> Person {
            let token = try await gateway.certway(["token", "create", "--role", role, "--name", name])
            try #require(token.status == 0, "\(token.errors)")
            return Person(url: String(url), token: token.output.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        ada = try await person("ada", "requester")
        bob = try await person("bob", "requester")
        eve = try await person("eve", "administrator")
    }

    private func openssl(_ arguments: String...) async throws -> String {
        let run = try await Run.tool("openssl", arguments)
        try #require(run.status == 0, "\(arguments): \(run.errors)")
        return run.output
    }

    private func csr(_ name: String, _ hosts: String, key: String = "ec") async throws -> String {
        let file = place.path(name)
        let kind = key == "ec" ? ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] : ["rsa:2048"]
        let run = try await Run.tool(
            "openssl",
            ["req", "-new", "-newkey"] + kind + [
                "-nodes", "-keyout", "\(file).key", "-out", "\(file).csr", "-subj", "/O=Someone/CN=\(name)", "-addext",
                "subjectAltName=\(hosts)", "-utf8",
            ])
        try #require(run.status == 0, "\(run.errors)")
        return try String(contentsOfFile: "\(file).csr", encoding: .utf8)
    }

    /// What becomes known of a key holds for orders that are under way, whatever its certificate has become.
    @Test func aCompromisedKeyLeavesNoMore() async throws {
        func submit(_ host: String, sameKey: Bool) async throws -> (status: Int, text: String) {
            let file = place.path("shared")
            if !sameKey { _ = try await csr("shared", "DNS:\(host)") }
            let pem = try await openssl(
                "req", "-new", "-key", "\(file).key", "-subj", "/CN=\(host)", "-addext", "subjectAltName=DNS:\(host)")
            return try await ada.ask("POST", "", ["request": .string(pem)])
        }
        func approve(_ answer: (status: Int, text: String)) async throws -> String {
            let reference = try #require(try JSONValue(parsing: answer.text)["reference"]?.string, "\(answer)")
            _ = try await eve.json("POST", "/\(reference)/decisions", ["decision": "approve", "because": "yes"])
            return reference
        }
        let first = try await approve(try await submit("a.example.org", sameKey: false))
        func state(_ reference: String) async throws -> JSONValue { try await eve.json("GET", "/\(reference)") }
        try await gateway.wait(beside: service) { try await state(first)["state"] == "active" }
        let certificates = try await gateway.certway(["certificate", "list", "--template", "web", "--output", "json"])
            .json
        let serial = try #require(certificates[0]?["serialNumber"]?.string)
        let revoked = try await gateway.certway([
            "certificate", "revoke", serial, "--reason", "superseded", "--because", "x",
        ])
        try #require(revoked.status == 0, "\(revoked.errors)")
        try await gateway.wait(beside: service) {
            try await gateway.certway(["certificate", "show", serial]).output.contains("revoked")
        }
        // Standard output is the certificate all the same, for whoever puts it into a file.
        let fetched = try await gateway.certway(["request", "fetch", first])
        #expect(fetched.status == 0 && fetched.output.hasPrefix("-----BEGIN CERTIFICATE-----"), "\(fetched.output)")
        #expect(
            fetched.errors.contains("certificate \(serial) is revoked since 20")
                && fetched.errors.contains("superseded"), "\(fetched.errors)")
        // An order that cannot leave now.
        try FileManager.default.moveItem(atPath: place.path("ca"), toPath: place.path("away"))
        let second = try await approve(try await submit("b.example.org", sameKey: true))
        let third = try await submit("c.example.org", sameKey: true)
        #expect(third.status == 200)
        let word = try await gateway.certway([
            "certificate", "revoke", serial, "--reason", "keyCompromise", "--because", "it was in a public repository",
        ])
        #expect(word.status == 0 && word.output.contains("on record as compromised"), "\(word.output) \(word.errors)")
        try FileManager.default.moveItem(atPath: place.path("away"), toPath: place.path("ca"))
        try await gateway.wait(beside: service) { try await state(second)["state"] == "cancelled" }
        #expect(try await state(second).text.contains("was revoked as compromised"))
        let reference = try #require(try JSONValue(parsing: third.text)["reference"]?.string)
        let (status, text) = try await eve.ask(
            "POST", "/\(reference)/decisions", ["decision": "approve", "because": "yes"])
        #expect(status == 409 && text.contains("was revoked as compromised"), "\(status) \(text)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("ca/orders")).count == 1)
        let trail = try await gateway.certway(["audit", "list", "--output", "json"]).output
        #expect(trail.contains("notice.compromise") && trail.contains("it was in a public repository"))
    }

    @Test func fromTheRequestToTheChain() async throws {
        let hosts = "DNS:www.example.org,DNS:shop.example.org"
        let request = try await csr("www.example.org", hosts)
        // What a person of the other tool would paste.
        let windows = request.replacing("CERTIFICATE REQUEST", with: "NEW CERTIFICATE REQUEST").replacing(
            "\n", with: "\r\n")
        let check = try await ada.json("POST", "?dryRun=true", ["request": .string(windows)])
        #expect(check["good"] == true && check["hosts"] == ["www.example.org", "shop.example.org"], "\(check.text)")
        #expect(try await ada.json("GET", "")["items"] == [])
        let submitted = try await ada.json("POST", "", ["request": .string(windows), "reason": "the new shop"])
        #expect(submitted["state"] == "waiting", "\(submitted.text)")
        let reference = try #require(submitted["reference"]?.string)

        // Nobody else knows of it, and whoever asks does not decide.
        #expect(try await bob.ask("GET", "/\(reference)").0 != 200)
        let decision: JSONValue = ["decision": "approve", "because": "known shop"]
        #expect(try await ada.ask("POST", "/\(reference)/decisions", decision).0 == 403)
        #expect(try await ada.ask("GET", "/\(reference)/pem").0 == 409)
        _ = try await eve.json("POST", "/\(reference)/decisions", decision)
        #expect(try await eve.ask("POST", "/\(reference)/decisions", decision).0 == 409)

        var standing = try await ada.json("GET", "/\(reference)")
        for _ in 0..<300 where standing["certificate"] == .null {
            try await Task.sleep(for: .milliseconds(100))
            standing = try await ada.json("GET", "/\(reference)")
        }
        // It lasts 12 days, and whoever asked is to be reminded 30 days before the end: of one that lives so shortly, in its last third.
        #expect(standing["certificate"]?["status"] == "active", "\(standing.text)")
        #expect(standing["renewal"]?["due"] == false, "\(standing.text)")
        let clock = try await GatewayClock()
        for (days, isNear) in [(0, false), (9, true)] {
            let doctor = try await gateway.certway(["doctor"], environment: clock.moved(by: days * 86_400))
            #expect(
                doctor.output.contains("such as request \(reference) for www.example.org") == isNear, "\(doctor.output)"
            )
        }
        #expect(try await bob.ask("GET", "/\(reference)/pem").0 != 200)
        let chain = try await ada.ask("GET", "/\(reference)/pem?chain=true").1
        let file = try place.write(chain, to: "chain.pem")
        #expect(chain.split(separator: "BEGIN CERTIFICATE").count == 3)
        let verdict = try await openssl(
            "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "shop.example.org", "-CAfile",
            place.path("ca/root.pem"), "-untrusted", file, file)
        #expect(verdict.contains(": OK"), "\(verdict)")
        // The key is the one that never left the server.
        let own = try await openssl("pkey", "-in", place.path("www.example.org.key"), "-pubout")
        #expect(try await openssl("x509", "-in", file, "-noout", "-pubkey") == own)

        // Whoever asked has it revoked, and nobody else.
        let gone: JSONValue = ["reason": "cessationOfOperation", "because": "the shop has closed"]
        #expect(try await bob.ask("POST", "/\(reference)/revocations", gone).0 == 409)
        let looked = try await ada.json("POST", "/\(reference)/revocations?dryRun=true", gone)
        #expect(looked["certificate"]?["status"] == "active", "\(looked.text)")
        _ = try await ada.json("POST", "/\(reference)/revocations", gone)
        for _ in 0..<400 where standing["certificate"]?["status"] != "revoked" {
            try await Task.sleep(for: .milliseconds(100))
            standing = try await ada.json("GET", "/\(reference)")
        }
        #expect(standing["certificate"]?["status"] == "revoked", "\(standing.text)")
        let list = try await openssl("crl", "-inform", "DER", "-in", place.path("ca/issuing.crl"), "-noout", "-text")
        #expect(list.contains("Cessation Of Operation"), "\(list)")
        try await gateway.stop(service)
    }

    @Test func whatMayNotBeHadIsRefusedWithASentence() async throws {
        let good = try await csr("www.example.org", "DNS:www.example.org")
        let key = try String(contentsOfFile: place.path("www.example.org.key"), encoding: .utf8)
        let cases: [(text: String, hint: String)] = [
            (key, "private key"), (good + key, "private key"), (good + good, "one by one"), ("hello", "no request"),
            (try await csr("www.example.com", "DNS:www.example.com"), "is not allowed"),
            (try await csr("rsa.example.org", "DNS:rsa.example.org", key: "rsa"), "expected p256"),
            (try await csr("a.example.org", "DNS:a.example.org,IP:10.0.0.1"), "IP address"),
            (try await csr("b.example.org", "DNS:*.example.org,DNS:b.example.org"), "not allowed here"),
        ]
        for (text, hint) in cases {
            let (status, answer) = try await ada.ask("POST", "", ["request": .string(text)])
            #expect(status == 422 && answer.contains(hint), "\(hint): \(status) \(answer)")
        }
        #expect(try await eve.json("GET", "")["items"] == [])
        // Nothing of a key that was pasted stays, neither in the log nor in the database.
        let secret = try #require(key.split(separator: "\n").dropFirst().first)
        #expect(!(try gateway.serviceLog().contains(secret)))
        if FileManager.default.fileExists(atPath: gateway.database) {
            for end in ["", "-wal"] {
                let bytes = (try? Data(contentsOf: URL(fileURLWithPath: gateway.database + end))) ?? Data()
                #expect(bytes.range(of: Data(secret.utf8)) == nil)
            }
        }
        try await gateway.stop(service)
    }
}
