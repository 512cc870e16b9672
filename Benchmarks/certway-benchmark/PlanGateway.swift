// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import YAMLDocuments

/// A gateway with one template for the sandbox tenant's enrollment group and a local CA, configured by its own commands.
struct PlanGateway {
    let folder: String
    let bench: Bench

    /// - Returns: its home.
    func make(tenant: JSONValue?) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try perform(["ca", "create", "\(folder)/ca", "--key", "p256"])
        try apply(tenant: tenant)
        return home
    }

    private var home: String { "\(folder)/home" }

    /// Applies the configuration.
    ///
    /// - Parameter template: further members of the template.
    func apply(tenant: JSONValue?, template: [String: JSONValue] = [:]) throws {
        try write("client-secret", tenant?["clientSecret"]?.string ?? "")
        let configuration: JSONValue = [
            "tenant": [
                "id": tenant?["id"] ?? nil, "clientID": tenant?["clientID"] ?? nil,
                "clientSecret": .string("file:\(folder)/client-secret"), "login": tenant?["login"] ?? nil,
                "graph": tenant?["graph"] ?? nil,
            ],
            "backendCAs": [
                [
                    "name": "ca", "connector": "local-ca", "acceptedRoots": .string("\(folder)/ca/root.pem"),
                    "settings": ["directory": .string("\(folder)/ca")],
                ]
            ],
            "templates": [
                .object(
                    template.merging([
                        "name": "smime", "group": tenant?["groups"]?["smime"] ?? nil, "backendCA": "ca",
                        "product": "smime", "key": "rsa2048", "purpose": "smime", "delivery": "none",
                    ]) { $1 })
            ],
        ]
        try write("certway.yaml", YAMLText.emit(configuration, keyOrder: ["name"]))
        try perform(["--home", home, "apply", "-f", "\(folder)/certway.yaml"])
    }

    /// Runs a command for what it does, not for what it prints.
    private func perform(_ arguments: [String]) throws {
        let measure = bench.bare("measure", ["/dev/stdout", Programs.sibling("certway")] + arguments)
        _ = try measure.run()
    }

    private func write(_ name: String, _ text: String) throws {
        // A secret that all may read is refused.
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        _ = FileManager.default.createFile(
            atPath: "\(folder)/\(name)", contents: Data(text.utf8), attributes: attributes)
    }
}
