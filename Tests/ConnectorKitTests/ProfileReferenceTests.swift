// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Testing
import YAMLDocuments

@Suite("What is made from the descriptions of keys")
struct ProfileReferenceTests {
    private struct Connector: CertificateAuthorityConnector, ProfileDescribing {
        static let kind: ConnectorKind = "example"
        static let profileKeys = [
            ProfileKey(
                "operations", "mapping", isRequired: true, "What is sent | read.", example: "\n  enroll: {a: 1}"),
            ProfileKey("operations.*.a", "whole number", "A number."),
            ProfileKey("errors", "list", "The error table.", example: "[]"),
        ]
        static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] {
            profile.diagnoseSections(known: profileKeys)
        }
        init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {}
        func check() async throws -> AccountReport { AccountReport(account: "") }
        func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
            .rejected(OrderRejection(reason: ""))
        }
    }

    @Test("the skeleton is a profile without problems, switched off, with a comment on every key")
    func skeleton() throws {
        let text = ProfileReference.skeleton(name: "new-ca", module: Connector.self)
        let profile = try ConnectorProfile.read(text, file: "new-ca.yaml")
        #expect(profile.name == "new-ca" && profile.module == "example" && !profile.isEnabled)
        #expect(Connector.diagnose(profile).isEmpty)
        #expect(profile.sections["operations"]?["enroll"] != nil)
        #expect(text.contains("# errors: []"))
        // What stands in comments is right, too.
        let open = text.split(separator: "\n").map { line in
            let key = line.dropFirst(2).prefix { $0 != ":" && $0 != " " }
            let isKey =
                (ProfileKey.common + Connector.profileKeys).contains { $0.path == key } && line.contains("# \(key):")
            return isKey || line.hasPrefix("#   ") ? String(line.dropFirst(2)) : String(line)
        }.joined(separator: "\n")
        let opened = try ConnectorProfile.read(open, file: "new-ca.yaml")
        #expect(opened.absenceIsSureAfter != nil && !opened.documentation.isEmpty && opened.sections["errors"] != nil)
    }

    @Test("the reference names every key once")
    func markdown() {
        let text = ProfileReference.markdown(modules: [Connector.self])
        for key in ProfileKey.common + Connector.profileKeys {
            #expect(text.contains("| `\(key.path)`"), "\(key.path)")
        }
        #expect(text.contains("What is sent \\| read."))
        #expect(Set(ProfileKey.common.map(\.path)).count == ProfileKey.common.count)
        for line in text.split(separator: "\n") where line.hasPrefix("|") {
            #expect(line.replacing("\\|", with: "").count { $0 == "|" } == 5)
        }
    }

    @Test("every described key is read: a wrong value is noted there", arguments: ProfileKey.common.map(\.path))
    func everyKeyIsRead(path: String) throws {
        // A list of a mapping fits none of the keys, except those that are free.
        if path == "settings.*.default" || path == "products[].options.*.default" { return }
        var value = "[{wrong: 1}]"
        if path == "limits" || path == "products" || path == "abilities" || path == "documentation" { value = "wrong" }
        for part in path.split(separator: ".").reversed() {
            let name = part.replacing("[]", with: "").replacing("*", with: path.hasPrefix("revoc") ? "superseded" : "x")
            value = part.hasSuffix("[]") ? "{\(name): [\(value)]}" : "{\(name): \(value)}"
        }
        let given = try YAMLNode.parse(value, file: "x").members?.first?.key.scalar
        let rest = ["connector: a", "title: A", "module: rest"].filter { !$0.hasPrefix("\(given ?? ""):") }
        let problems = Profiles.problems((rest + [String(value.dropFirst().dropLast())]).joined(separator: "\n"))
        let place = path.replacing("[]", with: "[0]").replacing("*", with: path.hasPrefix("revoc") ? "superseded" : "x")
        #expect(
            problems.contains { $0.keyPath.hasPrefix(place) && !$0.message.hasPrefix("unknown key") }, "\(problems)")
    }
}
