// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import TestSupport
import Testing
import YAMLDocuments

/// The fixtures of one connector profile, and in `backend.json` what they were recorded with: endpoint, values and secrets of
/// settings (`credentials`: those that are a client certificate), the product that is asked for and the order that exists.
struct FixtureFolder: Sendable, CustomTestStringConvertible {
    let name: String
    let description: JSONValue

    private static let root = Folder.tests.appendingPathComponent("Fixtures")
    var endpoint: String { description["endpoint"]?.string ?? "" }
    var testDescription: String { name }

    static func all() throws -> [FixtureFolder] {
        try FileManager.default.contentsOfDirectory(atPath: root.path).sorted().compactMap { name in
            guard let text = try? Folder.fixture("\(name)/backend.json") else { return nil }
            return FixtureFolder(name: name, description: try JSONValue(parsing: text))
        }
    }

    private func names(_ ending: String) throws -> [String] {
        let folder = Self.root.appendingPathComponent(name).path
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().filter { $0.hasSuffix(ending) }.map
        {
            String($0.dropLast(ending.count))
        }
    }

    func exchanges() throws -> [(name: String, fixture: Fixture)] {
        try names("-request.json").map { ($0, try Fixture(name, $0)) }
    }

    func cases() throws -> [FixtureCase] {
        try names("-result.json").map {
            FixtureCase(
                folder: self, name: $0, result: try JSONValue(parsing: Folder.fixture("\(name)/\($0)-result.json")))
        }
    }

    func profile() throws -> ConnectorProfile {
        let file = Folder.connectors.appendingPathComponent("\(name).yaml")
        return try ConnectorProfile.read(Folder.text(file), file: "\(name).yaml")
    }

    func backend(_ http: ScriptedClient) throws -> Backend {
        var secrets = (description["secrets"]?.object ?? [:]).compactMapValues(\.string)
        for key in description["credentials"]?.array ?? [] { secrets[key.string ?? ""] = try ClientFile.pem() }
        return try Backend(
            profile: Folder.text(Folder.connectors.appendingPathComponent("\(name).yaml")),
            values: description["values"]?.object ?? [:], secrets: secrets, endpoint: endpoint, http)
    }

    func request() throws -> CertificateRequest {
        var request = try Example.request(product: description["request"]?["product"]?.string ?? "")
        request.submittedAt = Date(timeIntervalSince1970: 1_799_999_900)
        return request
    }

    var order: CAOrder {
        CAOrder(
            caRequestID: description["order"]?["caRequestID"]?.string ?? "",
            identifiers: (description["order"]?["identifiers"]?.object ?? [:]).compactMapValues(\.string))
    }
}

/// One operation with the answers of its folder, and what must come of it.
struct FixtureCase: Sendable, CustomTestStringConvertible {
    let folder: FixtureFolder
    let name: String
    let result: JSONValue

    var operation: String { String(name.prefix { $0 != "." }) }
    var testDescription: String { "\(folder.name): \(name)" }
}
