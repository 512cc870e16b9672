// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Settings
import Testing

/// What an order belongs to: another connection may have another order under the same id.
@Suite struct CAConnectionTests {
    private func text(_ more: String = "", settings: String = "") throws -> String {
        let profile = try ConnectorProfile.read(
            """
            connector: c
            title: C
            module: scripted
            environments: {production: "https://ca.example/v1", trial: "https://trial.example/v1"}
            settings:
              unit: {type: text, title: Unit, required: false, identifiesAccount: true}
              branch: {type: integer, title: Branch, default: 7, identifiesAccount: true}
              key: {type: secret, title: Key, required: false}
              note: {type: text, title: Note, required: false}
            """, file: "c.yaml")
        let configuration = try ConfigurationReader.read(
            "backendCAs: [{name: a, connector: c, acceptedRoots: r\(more), settings: {\(settings)}}]", file: "f.yaml")
        return CAConnection.text(configuration.backendCAs[0], profile)
    }

    @Test func itNamesConnectorPlaceAndAccount() throws {
        #expect(try text(settings: "unit: x") == "c production https://ca.example/v1 branch=7 unit=x")
    }

    @Test(arguments: [
        (", environment: production", ""), (", tlsRoots: t", ""), (", limits: []", ""), (", pollEvery: 1s", ""),
        ("", "key: \"env:KEY\""), ("", "note: n"), ("", "branch: 7"), (", endpoint: \"https://ca.example/v1/\"", ""),
    ])
    func whatSaysNothingAboutTheAccountIsNoPart(more: String, settings: String) throws {
        #expect(try text(more, settings: settings) == text())
    }

    @Test(arguments: [
        (", environment: trial", ""), (", endpoint: \"https://other.example/v1\"", ""), ("", "unit: y"),
        ("", "branch: 8"),
    ])
    func anotherPlaceOrAccountIsAnotherConnection(more: String, settings: String) throws {
        #expect(try text(more, settings: settings) != text())
    }

    @Test func aLongOneFitsIntoAColumnAndStaysItself() throws {
        let (one, other) = (String(repeating: "ü", count: 300), String(repeating: "ü", count: 300) + "!")
        let text = try text(settings: "unit: \(one)")
        #expect(text.utf8.count <= 190 && text.hasPrefix("c production https://ca.example/v1 branch=7 unit=ü"))
        #expect(try self.text(settings: "unit: \(one)") == text)
        #expect(try self.text(settings: "unit: \(other)") != text)
    }

    @Test func aSecretCannotIdentifyAnAccount() throws {
        let (_, problems) = try ConnectorProfile.examine(
            """
            connector: c
            title: C
            module: scripted
            settings: {key: {type: secret, title: Key, identifiesAccount: true}}
            """, file: "c.yaml")
        #expect(problems.map(\.keyPath) == ["settings.key.identifiesAccount"])
    }

    @Test(arguments: ["type: secret, title: Key", "type: text, title: Key, identifiesAccount: true"])
    func onlyWhatMayChangeSignsIn(members: String) throws {
        let (_, problems) = try ConnectorProfile.examine(
            """
            connector: c
            title: C
            module: scripted
            settings: {key: {\(members), signsIn: true}}
            """, file: "c.yaml")
        #expect(problems.map(\.keyPath) == ["settings.key.signsIn"])
    }
}
