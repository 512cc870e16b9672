// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// `certway rules` as an administrator types it, and rules in a plan.
@Suite(.timeLimit(.minutes(10))) struct RuleCommandTests {
    private static let vectors = "\(BuiltPrograms.repository)/Tests/RulesTests/Fixtures/smime-rules/"

    @Test func aCertificateIsCheckedWithoutAGateway() async throws {
        let good = try await Run.certway(["rules", "check", Self.vectors + "01-mailbox-strict-good.pem"])
        #expect(good.status == 0 && good.output.contains("nothing is broken"), "\(good.output)\(good.errors)")
        let bad = try await Run.certway(
            ["rules", "check", Self.vectors + "04-sponsor-strict-upn.pem", "--output", "json"])
        #expect(bad.status == 4)
        let report = try bad.json["reports"]?[0]
        #expect(report?["kind"] == "sponsor-strict" && report?["stopped"] == true)
        let found = report?["findings"]?.array?.compactMap { $0["rule"]?.string } ?? []
        #expect(
            Set(found) == ["smbr-7.1.2.3f-eku-strict", "smbr-7.1.4.2-strict-street", "smbr-7.1.4.2.1-othername-strict"])
        // By the rules of another day, and as another kind.
        let later = try await Run.certway(
            ["rules", "check", Self.vectors + "05-eku-after-2027.pem", "--at", "2027-06-30"])
        #expect(later.status == 0, "\(later.output)")
        #expect(later.output.contains("cannot be renewed from 1 July 2027 on"))
        #expect(try await Run.certway(["rules", "check", Self.vectors + "05-eku-after-2027.pem"]).status == 4)
        for mistake in [
            ["rules", "check"], ["rules", "check", "x.pem", "--type", "mailboxes"], ["rules", "list", "--at", "July"],
        ] {
            #expect(try await Run.certway(mistake).status == 2, "\(mistake)")
        }
    }

    @Test func newerRulesNeedNoRelease() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "rules: {own-rule: {finding: never, source: us, severity: stop, types: [mailbox], checked: [certificate], find: 'true'}}",
            to: "smime.yaml")
        let listed = try await Run.certway(["rules", "list", "--rules", folder.path, "--all", "--output", "json"])
        let ids = try listed.json.array?.compactMap { $0["id"]?.string } ?? []
        #expect(ids.contains("own-rule") && ids.contains("gmail-key") && !ids.contains("smbr-7.1.4.2.2c-ou"))
        let checked = try await Run.certway(
            ["rules", "check", "--rules", folder.path, Self.vectors + "01-mailbox-strict-good.pem"])
        #expect(checked.status == 4 && checked.output.contains("rule own-rule: never (us)"), "\(checked.output)")
        try folder.write("rules: {a: {finding: 1}, b: {checked: [order], find: '|'}}", to: "wrong.yaml")
        let wrong = try await Run.certway(["rules", "list", "--rules", folder.path])
        #expect(wrong.status == 3)
        #expect(wrong.errors.contains("rules.a.finding") && wrong.errors.contains("rules.b.find"), "\(wrong.errors)")
    }

    /// A rule stops one person, the others are ordered for; the report names them; the administrator accepts the rule.
    @Test func aRuleLeavesAPersonOutUntilItIsAccepted() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "3"]))
        let people = try await gateway.certway(["rules", "check", "--template", "all"])
        #expect(people.status == 0, "\(people.output)\(people.errors)")
        let coming = try await gateway.certway(["rules", "check", "--template", "all", "--coming"])
        #expect(coming.status == 0 && coming.output == "no rule that counts later is broken\n", "\(coming.output)")
        for other in [["--at", "2027-07-01", "--template", "all"], []] {
            #expect(try await gateway.certway(["rules", "check", "--coming"] + other).status == 2)
        }
        let folder = try TemporaryFolder()
        let rules = folder.path("rules")
        try FileManager.default.createDirectory(atPath: rules, withIntermediateDirectories: true)
        let address = try #require(try await firstAddress(gateway))
        try folder.write(
            """
            functions: 'def found($f; $v): {field: $f, value: $v};'
            rules:
              own-first: {finding: nobody is called so, source: us, severity: stop, types: [mailbox], checked: [order], find: '.primaryAddress | select(. == "\(address)") | found("emails"; .)'}
            """, to: "rules/own.yaml")
        let plan = try await gateway.certway(["plan", "--rules", rules, "--output", "json"]).json
        let template = plan["templates"]?[0]
        #expect(template?["skippedByReason"]?["rule own-first: emails: nobody is called so (us)"] == 1, "\(plan.text)")
        #expect(template?["toOrder"]?.array?.count == 2)
        let report = try await gateway.certway(
            ["rules", "check", "--template", "all", "--rules", rules, "--output", "json"])
        #expect(report.status == 4)
        let finding = try report.json["reports"]?[0]?["findings"]?[0]
        #expect(finding?["people"] == 1 && finding?["examples"]?[0]?["value"]?.string == address)
        let configuration = try String(contentsOfFile: gateway.configuration, encoding: .utf8)
        func apply(_ rule: String) async throws -> Run {
            try folder.write(
                configuration.replacing(/"name": ?"ca"/, with: "\"name\":\"ca\",\"rules\":{\"\(rule)\":\"accept\"}"),
                to: "certway.yaml")
            return try await gateway.certway(["apply", "-f", folder.path("certway.yaml"), "--rules", rules])
        }
        let refused = try await apply("own-frist")
        #expect(refused.status == 3 && refused.errors.contains("own-first"), "\(refused.errors)")
        #expect(try await apply("own-first").status == 0)
        let accepted = try await gateway.certway(["plan", "--rules", rules, "--output", "json"]).json
        #expect(accepted["templates"]?[0]?["toOrder"]?.array?.count == 3)

        // Of what counts later the day is named, and nobody is left out today.
        try folder.write(
            "rules: {own-later: {finding: an address, source: us, severity: stop, from: 2099-01-02, types: [mailbox], checked: [order], find: 'select(.primaryAddress) | {field: \"emails\", value: .primaryAddress}'}}",
            to: "rules/own.yaml")
        let later = try await gateway.certway(
            ["rules", "check", "--template", "all", "--coming", "--rules", rules, "--output", "json"])
        let first = try later.json["reports"]?[0]
        #expect(later.status == 4 && first?["at"] == "2099-01-02", "\(later.output)\(later.errors)")
        #expect(
            first?["findings"]?.array?.map { $0["rule"] } == ["own-later"] && first?["findings"]?[0]?["people"] == 3,
            "\(later.output)")
        #expect(try await gateway.certway(["rules", "check", "--template", "all", "--rules", rules]).status == 0)
    }

    private func firstAddress(_ gateway: GatewayUnderTest) async throws -> String? {
        _ = try await gateway.certway(["plan"])
        let people = try await gateway.certway(["plan", "--output", "json"]).json
        return people["templates"]?[0]?["toOrder"]?[0]?["names"]?["emails"]?[0]?.string
    }
}
