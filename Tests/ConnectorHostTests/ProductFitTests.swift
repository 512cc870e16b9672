// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Settings
import Testing

/// What a product does not give is said before anything is ordered.
@Suite struct ProductFitTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func objections(_ product: String, _ template: String) throws -> [String] {
        let profile = try ConnectorProfile.read(
            """
            connector: c
            title: C
            module: scripted
            products: [{id: p, title: P\(product)}]
            """, file: "c.yaml")
        let configuration = try ConfigurationReader.read(
            "templates: [{name: t, group: g, backendCA: c, product: p, delivery: none\(template)}]", file: "f.yaml")
        return try #require(profile.product("p")).objections(to: configuration.templates[0], at: Self.now)
    }

    @Test(arguments: [
        ("", "", []),
        (", keyTypes: [p256]", "", ["it takes no key of type rsa2048; known: p256"]),
        (", keyTypes: [p256, rsa2048]", "", []),
        (", purposes: [smimeSigning]", "", ["it is not for purpose smime; known: smimeSigning"]),
        (", purposes: [smimeSigning]", ", purpose: smimeSigning", []),
        (
            ", validityDays: {maximum: 365}", ", validityDays: 400",
            ["it is not valid for 400 days; expected from 1 to 365"]
        ),
        (", validityDays: [365, 730]", ", validityDays: 400", ["it is not valid for 400 days; expected 365, 730"]),
        (", validityDays: [365, 730]", ", validityDays: 730", []),
        (", validityDays: [365, 730]", "", []),
        (", until: 2026-01-01", "", ["it is not offered now"]),
        (", from: 2028-01-01", "", ["it is not offered now"]),
        (", from: 2026-01-01, until: 2028-01-01", "", []),
        (
            ", keyTypes: [p256], purposes: [smimeSigning]", "",
            ["it takes no key of type rsa2048; known: p256", "it is not for purpose smime; known: smimeSigning"]
        ),
    ])
    func aTemplateFitsItsProduct(_ product: String, _ template: String, _ expected: [String]) throws {
        #expect(try objections(product, template) == expected)
    }

    @Test func optionsAreThoseOfTheProduct() throws {
        let schema = ", options: {level: {type: integer, title: Level}}"
        #expect(try objections(schema, ", options: {level: 2}") == [])
        #expect(try objections(schema, ", options: {level: high}").first?.hasPrefix("options.level: expected") == true)
        #expect(
            try objections(schema, ", options: {levle: 2, level: 1}")
                == ["options.levle: unknown setting levle (did you mean level?)"])
        #expect(try objections("", ", options: {whatever: 2}") == [])
        #expect(try objections(", options: {}", ", options: {whatever: 2}") == ["options.whatever: it has no options"])
        #expect(try objections(", options: {}", ", options: {}") == [])
    }
}
