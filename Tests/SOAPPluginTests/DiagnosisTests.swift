// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Testing
import YAMLDocuments

@testable import SOAPPlugin

@Suite struct DiagnosisTests {
    private func diagnose(_ text: String) throws -> [Diagnostic] {
        SOAPConnector.diagnose(try ConnectorProfile.read(text, file: "planted.yaml"))
    }

    @Test func theSmallProfileIsFine() throws { #expect(try diagnose(smallProfile()) == []) }

    @Test func theSkeletonIsFine() throws {
        let text = ProfileReference.skeleton(name: "new-ca", module: SOAPConnector.self)
        #expect(try diagnose(text).map(\.description) == [])
    }

    /// What is wrong with a part of the format is told with its place.
    @Test(arguments: [
        ("version: 1.1", "version: 2", "soap.version"), ("{t: \"urn:t\"}", "{soap: \"urn:t\"}", "soap.namespaces.soap"),
        ("<t:Who/>", "<t:Who>", "operations.check.request.body"),
        ("<t:Who/>", "<u:Who/>", "operations.check.request.body"),
        ("<t:Who/>", "<t:${ 1 }/>", "operations.check.request.body"),
        ("<t:Who/>", "<t:Who c:each='.x |'/>", "operations.check.request.body"),
        ("<t:Who/>", "<t:Who c:when='.x'/>", "operations.check.request.body"),
        ("<t:Who/>", "<c:each/>", "operations.check.request.body"),
        ("<t:Who/>", "<?php x ?>", "operations.check.request.body"),
        ("<t:Who/>", "<t:Who xmlns:q='${ 1 }'/>", "operations.check.request.body"),
        ("<t:Who/>", "<t:Who>${ $ENV.HOME }</t:Who>", "operations.check.request.body"),
        ("name: t:Name", "name: \"t:Name[\"", "operations.check.read.name"),
        ("name: t:Name", "name: u:Name", "operations.check.read.name"),
        ("name: t:Name", "name: {path: t:Name, decode: [rot13]}", "operations.check.read.name.decode[0]"),
        ("name: t:Name", "name: {pth: t:Name, path: t:Name}", "operations.check.read.name.pth"),
        ("action: \"urn:t:Who\"", "action: \"a b\"", "operations.check.request.action"),
        ("action: \"urn:t:Who\"", "method: GET", "operations.check.request.method"),
        ("action: \"urn:t:Who\"", "json: '{}'", "operations.check.request.json"),
    ])
    func mistakesAreToldWithTheirPlace(good: String, bad: String, path: String) throws {
        let text = smallProfile()
        #expect(text.contains(good))
        let found = try diagnose(text.replacing(good, with: bad, maxReplacements: 1))
        #expect(found.contains { $0.keyPath == path && $0.line != nil }, "\(found)")
    }

    /// `.answer` has what `read` of the same operation names, and nothing else.
    @Test func aNameThatReadDoesNotNameIsTold() throws {
        let found = try diagnose(
            smallProfile().replacing("account: {name: .answer.name}", with: "account: {name: .answer.nam}"))
        #expect(found.map(\.keyPath) == ["operations.check.outcomes[0].account.name"], "\(found)")
        #expect(
            found.first?.message.hasPrefix("unknown answer.nam") == true && found.first?.hint?.contains("name") == true)
    }

    @Test func aMistakeInBlockTextHasItsLine() throws {
        let text = smallProfile().replacing(
            "<t:Note>${ .request.reference }</t:Note>", with: "<t:Note>${ .request | nosuch }</t:Note>")
        let line =
            try #require(
                text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("t:Note") }) + 1
        let found = try diagnose(text)
        #expect(found.map(\.line) == [line], "\(found)")
        let open = smallProfile().replacing("</t:Note>", with: "</t:Nota>")
        #expect(try diagnose(open).map(\.line) == [line])
        let each = smallProfile().replacing(".request.names.emails\"", with: ".request.(\"")
        #expect(try diagnose(each).map(\.line) == [line + 1])
    }

    @Test func everyKeyIsDescribedOnce() {
        let paths = SOAPConnector.profileKeys.map(\.path)
        #expect(Set(paths).count == paths.count)
        #expect(!paths.contains { $0.hasPrefix("login.token") || $0.hasSuffix(".json") || $0.hasSuffix(".method") })
    }
}
