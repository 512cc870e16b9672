// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing
import YAMLDocuments

/// Section console: where it is served, and who gets in.
struct ConsoleConfigurationTests {
    private static let group = "9A411111-2222-3333-4444-555555555555"

    private func problems(_ text: String) -> [String] {
        do {
            _ = try ConfigurationReader.read("console: \(text)", file: "certway.yaml")
            return []
        } catch { return error.all.map { "\($0.keyPath): \($0.message)" } }
    }

    @Test func everythingIsRead() throws {
        let text = """
            console:
              listen: "[::]:8443"
              publicURL: https://certway.example.org/
              tls: {certificate: /etc/certway/tls.pem, key: "file:/etc/certway/tls.key"}
              trustedProxies: [10.0.0.0/8, "::1"]
              signIn: {clientID: c0ffee11-2222-3333-4444-555555555555, clientSecret: "env:CONSOLE", guests: true}
              roles: {administrator: [\(Self.group)], auditor: [Certway.Auditor, "x-1"]}
              sessionHours: 4
              idleMinutes: 15
              status: false
            """
        let console = try #require(try ConfigurationReader.read(text, file: "certway.yaml").console)
        #expect(console.listen?.port == 8443 && console.publicURL == "https://certway.example.org")
        #expect(
            console.tls?.certificate == "/etc/certway/tls.pem"
                && console.tls?.key.description == "file:/etc/certway/tls.key")
        #expect(console.trustedProxies == ["10.0.0.0/8", "::1"] && !console.proxies.isEmpty)
        #expect(console.signIn?.clientID?.hasPrefix("c0ffee11") == true && console.signIn?.guests == true)
        #expect(console.roles == [.administrator: [Self.group.lowercased()], .auditor: ["Certway.Auditor", "x-1"]])
        #expect(console.sessionHours == 4 && console.idleMinutes == 15 && !console.status)
        let short = try #require(try ConfigurationReader.read("console: {listen: 127.0.0.1:8443}", file: "f").console)
        #expect(short.signIn == nil && short.sessionHours == 8 && short.idleMinutes == 60 && short.status)
        #expect(try ConfigurationReader.read("limits: {}", file: "f").console == nil)
    }

    /// Nothing secret travels in the clear beyond this machine.
    @Test func plainHTTPStaysOnTheMachine() {
        for listen in ["127.0.0.1:8443", "'[::1]:8443'"] { #expect(problems("{listen: \(listen)}") == []) }
        for listen in ["0.0.0.0:8443", "'[::]:8443'", "192.0.2.1:80", "':8443'"] {
            #expect(problems("{listen: \(listen)}").first?.contains("would travel in the clear") == true, "\(listen)")
            #expect(problems("{listen: \(listen), trustedProxies: [192.0.2.7]}") == [])
            #expect(problems("{listen: \(listen), tls: {certificate: /c, key: 'file:/k'}}") == [])
        }
        #expect(problems("{publicURL: 'http://certway.example.org'}").first?.contains("expected https") == true)
        #expect(problems("{publicURL: 'http://127.0.0.1:8443'}") == [])
        #expect(problems("{publicURL: 'http://localhost:8443'}") == [])
    }

    @Test(arguments: [
        ("{listen: certway.example.org:8443}", "is no IP address"), ("{listen: 127.0.0.1}", "127.0.0.1"),
        ("{listen: '::1:8443'}", "brackets"), ("{trustedProxies: [proxy]}", "expected an IP address or a network"),
        ("{trustedProxies: [10.0.0.0/33]}", "expected an IP address or a network"),
        ("{publicURL: certway.example.org}", "expected an address without a path"),
        ("{publicURL: 'https://certway.example.org/x'}", "expected an address without a path"),
        ("{publicURL: 'https://ada@certway.example.org'}", "expected an address without a path"),
        ("{signIn: {}}", "publicURL is missing"), ("{signIn: {clientSecret: 'env:A'}}", "clientID is missing"),
        ("{signIn: {clientID: c}}", "give clientSecret"),
        ("{signIn: {clientID: c, clientSecret: hunter2}}", "expected a reference"),
        ("{tls: {certificate: /c}}", "key is missing"), ("{roles: {admin: [x]}}", "unknown key admin"),
        ("{roles: {auditor: ['CW Auditors']}}", "expected the object id of a group"),
        ("{roles: {auditor: x}}", "expected a list"),
        ("{sessionHours: 0}", "1 to 24"), ("{idleMinutes: 1}", "5 to 1440"), ("{ports: 1}", "unknown key ports"),
    ])
    func mistakesAreNamed(text: String, part: String) {
        let found = problems(text)
        #expect(found.contains { $0.contains(part) }, "\(text): \(found)")
        #expect(found.allSatisfy { !$0.contains("hunter2") })
    }
}
