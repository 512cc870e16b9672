// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// `certway ca conformance --sandbox` as a newcomer runs it: green as things are, red where a CA lies or a profile is wrong.
@Suite(.timeLimit(.minutes(10))) struct ConformanceCommandTests {
    private static func run(_ connector: String, only: [String] = [], _ further: [String] = []) async throws -> Run {
        try await Run.certway(
            ["ca", "conformance", "--sandbox", connector, "--seed", "1", "--patience", "4", "--output", "json"]
                + only.flatMap { ["--only", $0] } + further)
    }

    private static func failures(_ run: Run) throws -> [String] {
        try run.json["checks"]?.array?.filter { $0["verdict"] == "failed" }.compactMap { $0["id"]?.string } ?? []
    }

    @Test(arguments: ["local-ca", "digicert-certcentral"])
    func isGreen(connector: String) async throws {
        let folder = try TemporaryFolder()
        let run = try await Self.run(connector, ["--concurrent", "50", "--report", folder.path])
        let failures = try Self.failures(run)
        #expect(run.status == 0, "\(failures) \(run.errors)")
        #expect(try run.json["green"] == true)
        let xml = try await Run.tool("xmllint", ["--noout", folder.path("\(connector).xml")])
        #expect(xml.status == 0, "\(xml.errors)")
        let markdown = try String(contentsOfFile: folder.path("\(connector).md"), encoding: .utf8)
        #expect(markdown.hasPrefix("# Conformance of \(connector)"))
    }

    /// Every order for a logon template names an account of the domain, and none is refused for it.
    @Test func logonTemplateIsGreen() async throws {
        let run = try await Self.run("adcs", ["--product", "CertwayLogon", "--concurrent", "20"])
        let failures = try Self.failures(run)
        #expect(run.status == 0, "\(failures) \(run.errors)")
        let proved = try run.json["checks"]?.array?.filter { $0["verdict"] == "passed" }.compactMap { $0["id"]?.string }
        for check in ["names.upn", "names.security-identifier", "purpose.clientAuthentication"] {
            #expect(proved?.contains(check) == true, "\(check)")
        }
    }

    /// Each lie of a sandbox CA, and the check that must notice it.
    struct Lie: CustomTestStringConvertible, Sendable {
        let connector: String
        let lie: String
        let check: String
        var testDescription: String { "\(connector): \(lie)" }
    }

    static let lies: [Lie] =
        [
            ("wrong-key", "certificate.request"), ("other-persons-certificate", "certificate.request"),
            ("missing-address", "certificate.names"), ("extra-address", "certificate.names"),
            ("wrong-usage", "certificate.request"), ("short-validity", "certificate.validity"),
            ("long-validity", "certificate.validity"), ("missing-intermediate", "certificate.chain"),
            ("foreign-root", "certificate.chain"), ("expired-certificate", "certificate.validity"),
            ("duplicate-orders", "orders.exactly-one"), ("forgets-orders", "find.same-reference"),
            ("never-issues", "orders.issued"), ("issues-what-was-rejected", "pending.rejected"),
            ("mixes-orders", "load.concurrent"),
            ("cancel-ignored", "cancel.pending"), ("renew-refused", "renew.new-key"),
            ("revocation-unpublished", "revoke.keyCompromise"), ("revokes-another", "revoke.keyCompromise"),
            ("inventory-incomplete", "inventory.complete"),
            ("inventory-repeats", "inventory.complete"), ("accepts-any-credentials", "credentials.wrong"),
            ("throttles-always", "credentials.good"), ("wrong-common-name", "certificate.names"),
        ].map { Lie(connector: "digicert-certcentral", lie: $0.0, check: $0.1) }
        + [
            ("wrong-key", "certificate.request"), ("missing-address", "certificate.names"),
            ("extra-address", "certificate.names"), ("wrong-usage", "certificate.request"),
            ("missing-intermediate", "certificate.chain"), ("foreign-root", "certificate.chain"),
            ("duplicate-orders", "orders.exactly-one"), ("forgets-orders", "find.same-reference"),
            ("never-issues", "orders.issued"), ("issues-what-was-rejected", "pending.rejected"),
            ("mixes-orders", "load.concurrent"), ("revocation-unpublished", "revoke.keyCompromise"),
            ("wrong-revocation-reason", "revoke.keyCompromise"), ("revokes-another", "revoke.keyCompromise"),
            ("inventory-incomplete", "inventory.complete"), ("inventory-repeats", "inventory.complete"),
            ("inventory-wrong-serial", "inventory.serials"), ("accepts-any-credentials", "credentials.wrong"),
            ("throttles-always", "credentials.good"), ("expired-certificate", "certificate.validity"),
            ("missing-upn", "names.upn"), ("short-validity", "certificate.validity"),
        ].map { Lie(connector: "sectigo-scm", lie: $0.0, check: $0.1) }
        + [
            ("missing-upn", "names.upn"), ("missing-sid", "names.security-identifier"),
            ("missing-upn", "purpose.clientAuthentication"), ("rejects-without-reason", "pending.rejected"),
        ].map { Lie(connector: "adcs", lie: $0.0, check: $0.1) }

    @Test(arguments: lies)
    func lieIsNoticed(_ lie: Lie) async throws {
        // The list of all orders and what is revoked beside need some orders.
        let run = try await Self.run(
            lie.connector, only: [lie.check, "orders.issued", "keys.rsa2048"],
            ["--disobey", lie.lie, "--concurrent", "40"])
        #expect(run.status == 1, "\(run.output) \(run.errors)")
        let failures = try Self.failures(run)
        #expect(failures.contains { $0 == lie.check || $0.hasPrefix(lie.check + ".") }, "\(failures)")
    }

    /// A lie that does no harm: the connector compares ids, so the certificate of another order is no answer to it.
    @Test func anOrderNobodyPlacedIsNotBelieved() async throws {
        let run = try await Self.run(
            "digicert-certcentral", only: ["orders.unknown"], ["--disobey", "unknown-order-is-issued"])
        #expect(run.status == 0, "\(run.output) \(run.errors)")
    }

    /// An operation that the profile declares, gone from it.
    @Test(arguments: [
        ("digicert-certcentral", "cancel"), ("sectigo-scm", "revoke"),
        ("globalsign-atlas", "inventory"), ("ssl-com", "findByReference"), ("globaltrust", "listProducts"),
        ("ejbca", "revoke"),
    ])
    func goneOperationIsNoticed(connector: String, operation: String) async throws {
        let folder = try TemporaryFolder()
        let text = try Self.profile(connector)
        try folder.write(Self.without(operation, text), to: "\(connector).yaml")
        let check = "declared.\(operation)"
        let run = try await Self.run(connector, only: ["declared"], ["--connectors", folder.path])
        #expect(try Self.failures(run) == [check], "\(run.output) \(run.errors)")
    }

    /// Without it nothing else could be tried.
    @Test func goneOperationThatOthersNeedIsAWrongProfile() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.without("poll", Self.profile("ejbca")), to: "ejbca.yaml")
        let run = try await Self.run("ejbca", only: ["declared"], ["--connectors", folder.path])
        #expect(run.status == 3, "\(run.output)")
        #expect(run.errors.contains("there is no operation poll"), "\(run.errors)")
    }

    /// A mapping that sends the wrong thing.
    @Test(arguments: [
        ("if any($told[]; . == true) then true", "if true then true", "find.absent"),
        ("{emails: $n.emails, csr", "{emails: [$n.emails[0]], csr", "names.several"),
        (
            "order_validity: (if $r.validityDays then {days: $r.validityDays} else {years: 1} end)",
            "order_validity: {years: 1}", "certificate.validity"
        ),
    ])
    func brokenMappingIsNoticed(found: String, changed: String, check: String) async throws {
        let text = try Self.profile("digicert-certcentral")
        #expect(text.contains(found), "the profile has changed; change the test with it")
        let folder = try TemporaryFolder()
        try folder.write(text.replacing(found, with: changed), to: "digicert-certcentral.yaml")
        let run = try await Self.run(
            "digicert-certcentral", only: [check], ["--connectors", folder.path])
        let failures = try Self.failures(run)
        #expect(failures == [check], "\(run.output) \(run.errors)")
    }

    private static func profile(_ connector: String) throws -> String {
        try String(contentsOfFile: "\(BuiltPrograms.repository)/connectors.d/\(connector).yaml", encoding: .utf8)
    }

    /// Whoever gives a reason must find it on the CRL: "no reason" is not the one that was asked for.
    @Test(arguments: [
        ("sectigo-scm", "{reasonCode: .revocation.reason,", #"{reasonCode: "0","#),
        ("ejbca", "<arg2>${ .revocation.reason }</arg2>", "<arg2>0</arg2>"),
    ])
    func reasonThatIsNotSentIsNoticed(connector: String, found: String, changed: String) async throws {
        let text = try String(
            contentsOfFile: "\(BuiltPrograms.repository)/connectors.d/\(connector).yaml", encoding: .utf8)
        #expect(text.contains(found), "the profile has changed; change the test with it")
        let folder = try TemporaryFolder()
        try folder.write(text.replacing(found, with: changed), to: "\(connector).yaml")
        let run = try await Self.run(
            connector, only: ["revoke.superseded", "revoke.unspecified"], ["--connectors", folder.path])
        #expect(try Self.failures(run) == ["revoke.superseded"], "\(run.output) \(run.errors)")
    }

    /// A template for which we have no permission: what is refused there proves nothing.
    @Test func refusalsAloneAreNoProof() async throws {
        let run = try await Self.run(
            "adcs", only: ["orders.issued", "keys", "names.umlauts", "refusal", "clock", "faults"],
            ["--product", "CertwayRestricted"])
        #expect(run.status == 1, "\(run.output) \(run.errors)")
        let checks = try run.json["checks"]?.array ?? []
        let passed = checks.filter { $0["verdict"] == "passed" }.compactMap { $0["id"]?.string }
        #expect(
            passed.allSatisfy {
                ["credentials.good", "faults.unreachable", "faults.throttled", "faults.cancelled"].contains($0)
            }, "\(passed)")
        #expect(try Self.failures(run).contains("orders.issued"))
    }

    /// The profile without one of its operations.
    private static func without(_ operation: String, _ profile: String) -> String {
        var isInside = false
        return profile.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            if line.hasPrefix("  \(operation):") {
                isInside = true
            } else if isInside, !line.hasPrefix("   ") {
                isInside = false
            }
            return !isInside
        }.joined(separator: "\n")
    }

    @Test func dryRunPlacesNothingAndSaysHowMuch() async throws {
        let run = try await Self.run("local-ca", ["--dry-run"])
        #expect(run.status == 0, "\(run.errors)")
        #expect((try run.json["orders"]?.int ?? 0) > 200)
        #expect(try run.json["checks"]?.array?.contains { $0["id"] == "orders.issued" } == true)
    }

    @Test func nameOrSandboxButNotBoth() async throws {
        #expect(try await Run.certway(["ca", "conformance"]).status == 2)
        #expect(try await Run.certway(["ca", "conformance", "x", "--sandbox", "local-ca"]).status == 2)
    }
}
