// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// The whole life of a CA of one's own through the built programs, with openssl and pkilint as judges.
@Suite(.timeLimit(.minutes(5))) struct LocalCALifeTests {
    /// Folder of the CA, the stick with its root, and what opens them.
    private final class Site: Sendable {
        let folder: TemporaryFolder
        let keys: [String]
        let root: [String]
        var ca: String { folder.path("ca") }

        init() throws {
            folder = try TemporaryFolder()
            keys = ["--passphrase", "file:" + (try folder.write("correct horse\n", to: "ca.pass"))]
            root = [
                "--root", folder.path("stick"), "--root-passphrase",
                "file:" + (try folder.write("battery staple\n", to: "root.pass")),
            ]
        }

        /// A command that must succeed, and what it printed as JSON.
        @discardableResult
        func certway(_ command: String, _ arguments: [String], _ environment: [String: String] = [:]) async throws
            -> JSONValue
        {
            let run = try await Run.certway(
                ["ca", command, ca] + arguments + ["--output", "json"], environment: environment)
            try #require(run.status == 0, "\(command): \(run.errors)")
            return try run.json
        }

        func openssl(_ script: String) async throws -> String {
            try await Tool.run(["sh", "-c", script], folder: ca)
        }

        /// Number and end of a list as openssl reads them.
        func list(_ name: String = "issuing.crl") async throws -> (number: Int, text: String) {
            let text = try await openssl("openssl crl -inform DER -in \(name) -noout -text")
            let number = try #require(
                text.split(separator: "\n").drop { !$0.contains("X509v3 CRL Number") }.dropFirst().first)
            return (try #require(Int(number.trimmingCharacters(in: .whitespaces))), text)
        }

        /// openssl's word on each order at a time, with all lists there are.
        func verdicts(_ clock: Date = Date()) async throws -> [String] {
            try await openssl(
                """
                for c in *.crl; do openssl crl -inform DER -in $c; done > ../all.crl; cat issuing*.pem > ../all.pem
                for o in orders/*.pem; do
                  v=$(openssl verify -x509_strict -crl_check_all -attime \(Int(clock.timeIntervalSince1970)) \
                    -CRLfile ../all.crl -CAfile root.pem -untrusted ../all.pem $o 2>&1)
                  case "$v" in *": OK") echo OK;; *"certificate revoked"*) echo revoked;; *) echo "$v" | tr '\\n' ' ';; esac
                done
                """
            ).split(separator: "\n").map(String.init)
        }

        func lint() async throws {
            for (name, type) in [("root.crl", "ARL"), ("issuing.crl", "CRL"), ("issuing-2.crl", "CRL")]
            where FileManager.default.fileExists(atPath: "\(ca)/\(name)") {
                #expect(
                    try await Linter.findings("lint_crl", ["-t", type, "-p", "BR", "\(ca)/\(name)"]) == [], "\(name)")
            }
        }
    }

    private func gateway(_ site: Site) async throws -> GatewayUnderTest {
        let sandbox = try await SandboxProcess(["--users", "2", "--only", "tenant"])
        return try await GatewayUnderTest(
            sandbox: sandbox, connector: "local-ca", product: "smime",
            ca: [
                "endpoint": "http://127.0.0.1:9",
                "rootPEM": .string(try String(contentsOfFile: site.ca + "/root.pem", encoding: .utf8)),
                "settings": [
                    "directory": .string(site.ca), "passphrase": .string(site.keys[1]),
                    "crlURL": "http://pki.sandbox.example/issuing.crl",
                    "issuerURL": "http://pki.sandbox.example/issuing.cer",
                ],
            ])
    }

    @Test func fromCeremonyToRetirement() async throws {
        let site = try Site()
        let made = try await site.certway(
            "create",
            site.keys + site.root + [
                "--key", "p256", "--name", "Example CA", "--crl-url", "http://pki.sandbox.example/issuing.crl",
                "--issuer-url", "http://pki.sandbox.example/issuing.cer",
            ])
        #expect(made[0]?["subject"]?.string == "CN=Example CA")
        // Nothing in the CA's folder needs the stick, and nothing there opens without its passphrase.
        let away = site.folder.path("away")
        try FileManager.default.moveItem(atPath: site.folder.path("stick"), toPath: away)
        #expect(try await site.openssl("grep -L ENCRYPTED *.key ../away/*.key || true") == "")

        let gateway = try await gateway(site)
        let (file, clock) = (gateway.folder.path("clock"), try await GatewayClock())
        let service = try await gateway.start(["serve"], environment: clock.movable(file))
        try await gateway.wait(beside: service) { try await gateway.stages()["active"] == 2 }
        #expect(try await site.verdicts() == ["OK", "OK"])
        let first = try await site.list()

        // Thirteen hours later the timer has made the next list, though nobody has ordered anything.
        try GatewayClock.move(file, by: 13 * 3600)
        try await gateway.wait(beside: service) { try await site.list().number > first.number }
        let second = try await site.list()
        #expect(second.number >= first.number + 12 * 3_600_000)
        try await site.lint()
        #expect(try await site.verdicts(Date() + 13 * 3600) == ["OK", "OK"])

        // The clock jumps back: the list stays, and the service says what to do.
        try GatewayClock.move(file, by: 0)
        #expect(try await gateway.serviceSays("--clock-is-right"))
        #expect(try await site.list().number == second.number)
        let refused = try await Run.certway(["ca", "crl", site.ca] + site.keys)
        #expect(refused.status != 0 && refused.errors.contains("--clock-is-right"))
        try await site.certway("crl", site.keys + ["--clock-is-right"])
        let third = try await site.list()
        #expect(third.number > second.number)
        #expect(try await site.verdicts() == ["OK", "OK"])

        let before = site.folder.path("backup")
        try FileManager.default.copyItem(atPath: site.ca, toPath: before)

        // Revoked by hand; then a backup comes back, and numbers rise all the same.
        let order = try #require(try FileManager.default.contentsOfDirectory(atPath: site.ca + "/orders").min())
        let serial = try await site.openssl("openssl x509 -in orders/\(order) -noout -serial | cut -d= -f2")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        try await site.certway("revoke", [serial, "--reason", "keyCompromise"] + site.keys)
        #expect(try await site.verdicts() == ["revoked", "OK"])
        let published = try Data(contentsOf: URL(fileURLWithPath: site.ca + "/issuing.crl"))
        let last = try await site.list().number
        try await gateway.stop(service)
        try FileManager.default.removeItem(atPath: site.ca)
        try FileManager.default.moveItem(atPath: before, toPath: site.ca)
        try await site.certway("crl", site.keys, clock.moved(by: 60))
        #expect(try await site.list().number > last)
        // The published list is the record of what the backup does not know.
        try published.write(to: URL(fileURLWithPath: site.ca + "/issuing.crl"))
        try await site.certway("crl", site.keys, clock.moved(by: 60))
        #expect(try await site.list().number > last)
        #expect(try await site.verdicts(Date() + 60) == ["revoked", "OK"])

        try await renewAndRetire(site, gateway, clock)
    }

    /// A CA of its own, without passphrases, and a gateway whose two people have certificates of it.
    private func inUse() async throws -> (Site, GatewayUnderTest) {
        let site = try Site()
        try await site.certway("create", site.keys + site.root + ["--key", "p256"])
        let gateway = try await gateway(site)
        try await gateway.finish()
        try #require(try await gateway.stages()["active"] == 2)
        return (site, gateway)
    }

    /// The newest certificate, and the order it came from.
    private func newest(_ gateway: GatewayUnderTest) async throws -> (serial: String, order: String) {
        let certificate = try await gateway.certway(["certificate", "list", "--output", "json"]).json[0]
        let order = try #require(certificate?["orderID"]?.int)
        let shown = try await gateway.certway(["order", "show", "\(order)", "--output", "json"]).json
        return (
            try #require(certificate?["serialNumber"]?.string),
            try #require((shown["order"] ?? shown)["reference"]?.string)
        )
    }

    /// Revoked by hand, beside the gateway or on another machine: the gateway knows, and the person gets another one when asked for.
    @Test(arguments: [true, false]) func whatIsRevokedByHandIsKnown(_ isBeside: Bool) async throws {
        let (site, gateway) = try await inUse()
        let (serial, order) = try await newest(gateway)
        let home = isBeside ? gateway.home : site.folder.path("nowhere")
        let revoked = try await Run.certway(
            ["ca", "revoke", site.ca, serial, "--reason", "keyCompromise", "--home", home] + site.keys)
        try #require(revoked.status == 0, "\(revoked.errors)")
        #expect(revoked.errors.contains(order) == isBeside, "\(revoked.errors)")
        if !isBeside { try await gateway.certway(["run", "--once"]) }
        let shown = try await gateway.certway(["order", "show", order])
        #expect(shown.output.contains("stage revoked") && shown.output.contains("keyCompromise"), "\(shown.output)")
        let why = try await gateway.certway(["why", serial])
        #expect(why.output.contains("revoked"), "\(why.output)")
        // Nobody gets one by himself, whoever runs.
        try await gateway.certway(["run", "--once"])
        #expect(try await gateway.stages() == ["active": 1, "revoked": 1])
        let again = try await gateway.certway(["order", "again", order])
        #expect(again.status == 0, "\(again.errors)")
        try await gateway.finish()
        #expect(try await gateway.stages() == ["active": 2, "revoked": 1])
        // 'order again' itself looks, when nothing has run since.
        let (next, second) = try await newest(gateway)
        try await site.certway("revoke", [next, "--home", site.folder.path("nowhere")] + site.keys)
        let once = try await gateway.certway(["order", "again", second])
        #expect(once.status == 0, "\(once.errors)")
    }

    /// A list of next year's would be valid for nobody, and the next one of this year's would lie before it.
    @Test(arguments: [false, true]) func aWrongClockSignsNoList(_ isServing: Bool) async throws {
        let (site, gateway) = try await inUse()
        let number = try await site.list().number
        let wrong = try await GatewayClock().moved(by: 400 * 86_400)
        if isServing {
            let service = try await gateway.start(["serve"], environment: wrong)
            #expect(try await gateway.serviceSays("Microsoft's: nothing is ordered"))
            try await Task.sleep(for: .seconds(5))
            try await gateway.stop(service)
        } else {
            let run = try await gateway.certway(["run", "--once", "--wait", "5"], environment: wrong)
            #expect(run.status == 4 && run.errors.contains("Microsoft's: nothing is ordered"), "\(run.errors)")
        }
        #expect(try await site.list().number == number)
    }

    /// The folder from before something was signed or ended: nothing is issued and no list made before that is mended.
    @Test(arguments: ["issue", "revoke", "root-crl", "renew", "retire"])
    func anOlderCopyOfTheFolderIsRefused(_ event: String) async throws {
        let (site, gateway) = try await inUse()
        let (copy, latest) = (site.folder.path("copy"), site.folder.path("latest"))
        try FileManager.default.copyItem(atPath: site.ca, toPath: copy)
        let serial = try await newest(gateway).serial
        switch event {
        case "issue": try await gateway.sandbox.join("Zoe")
        case "revoke": try await site.certway("revoke", [serial] + site.keys)
        case "root-crl": try await site.certway("root-crl", site.root)
        case "renew": try await site.certway("renew", ["--new-key", "--key", "p256"] + site.keys + site.root)
        default: try await site.certway("retire", site.keys)
        }
        try await gateway.finish()
        try FileManager.default.moveItem(atPath: site.ca, toPath: latest)
        try FileManager.default.moveItem(atPath: copy, toPath: site.ca)
        try await gateway.sandbox.join("Yann")
        let list = try await site.list().number
        let orders = try FileManager.default.contentsOfDirectory(atPath: site.ca + "/orders").count
        let run = try await gateway.certway(["run", "--once"])
        #expect(run.status == 4 && (run.output + run.errors).contains("older copy"), "\(run.output) \(run.errors)")
        #expect((run.output + run.errors).contains("certway restore accept --backend-ca ca"))
        let check = try await gateway.certway(["ca", "check", "ca"])
        #expect(check.status != 0 && (check.output + check.errors).contains("older copy"), "\(check.output)")
        let byHand = try await gateway.certway(["ca", "crl", site.ca] + site.keys)
        #expect(byHand.status != 0 && byHand.errors.contains("older copy"), "\(byHand.output) \(byHand.errors)")
        #expect(try await site.list().number == list)
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.ca + "/orders").count == orders)
        guard event == "issue" || event == "revoke" else { return }
        // The way out: the list that was published last; or a person's word.
        if event == "revoke" {
            let published = try Data(contentsOf: URL(fileURLWithPath: latest + "/issuing.crl"))
            try published.write(to: URL(fileURLWithPath: site.ca + "/issuing.crl"))
        } else {
            #expect(try await gateway.certway(["restore", "accept", "--backend-ca", "ca"]).status == 0)
        }
        try await gateway.finish()
        #expect(try await gateway.certway(["ca", "check", "ca"]).status == 0)
        #expect(try await gateway.stages()["active"] == (event == "issue" ? 4 : 2))
        let none = try await gateway.certway(["restore", "accept", "--backend-ca", "ca"])
        #expect(none.output.contains("nothing to accept"), "\(none.output)")
    }

    @Test func aRetiredCASaysSo() async throws {
        let (site, _) = try await inUse()
        try await site.certway("retire", site.keys)
        let list = try await site.list()
        let again = try await Run.certway(["ca", "retire", site.ca] + site.keys)
        #expect(again.status == 0 && again.output.contains("retired already"), "\(again.output) \(again.errors)")
        #expect(try await site.list() == list)
        let late = try await Run.certway(["ca", "retire", site.ca, "--revoke-all", "superseded"] + site.keys)
        #expect(late.status != 0 && late.errors.contains("root-crl --revoke"), "\(late.output) \(late.errors)")
        #expect(try await site.list() == list)
    }

    private func renewAndRetire(_ site: Site, _ gateway: GatewayUnderTest, _ clock: GatewayClock) async throws {
        // The root is fetched, while the service runs.
        try FileManager.default.moveItem(atPath: site.folder.path("away"), toPath: site.folder.path("stick"))
        let later = clock.moved(by: 120)
        let service = try await gateway.start(["serve"], environment: later)
        #expect(try await gateway.serviceSays("serving from"))
        let renewed = try await site.certway("renew", ["--new-key", "--key", "p256"] + site.keys + site.root, later)
        #expect(renewed[0]?["subject"]?.string == "CN=Example CA G2")
        let root = try await site.certway("root-crl", site.root, later)
        #expect(root[0]?["revoked"]?.int == 0)
        try await gateway.stop(service)
        try await gateway.sandbox.join("Zoe")
        try await gateway.certway(["run", "--once", "--wait", "30"], environment: later)
        // The one that was revoked by hand has ended, and nobody asked for another.
        #expect(try await gateway.stages() == ["active": 2, "revoked": 1])
        let issuers = try await site.openssl("for o in orders/*.pem; do openssl x509 -in $o -noout -issuer; done")
        #expect(issuers.components(separatedBy: "Example CA G2").count == 2)
        #expect(try await site.verdicts(Date() + 120).filter { $0 == "OK" }.count == 2)
        try await site.lint()

        let lists = try await site.certway("retire", ["--revoke-all", "cessationOfOperation"] + site.keys, later)
        #expect(lists.array?.map { $0["revoked"]?.int } == [2, 1])
        #expect(try await site.verdicts(Date() + 120) == ["revoked", "revoked", "revoked"])
        try await gateway.sandbox.join("Yann")
        let run = try await gateway.certway(["run", "--once"], environment: later)
        #expect(run.status == 4 && (run.output + run.errors).contains("retired"), "\(run.output) \(run.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.ca + "/orders").count == 3)
    }
}
