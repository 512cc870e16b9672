// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import ConnectorHost
import ConnectorKit
import Gateway
import JSONDocuments
import PKIX
import Settings

/// `certway ca`: the backend CAs.
enum CACommands {
    static let command = Command(
        "ca", "look at backend CAs",
        examples: [("certway ca check", "are all CAs reachable, and do they accept our credentials?")],
        subcommands: [list, check, products, create, ConformanceCommand.command])

    private static let nameArgument = Argument("NAME", "name of the backend CA")

    private static let list = Command("list", "all backend CAs, and what each can do") { invocation in
        let gateway = try await Gateway.open(invocation)
        var table = TextTable("BACKEND CA", "CONNECTOR", "STATE", "ABILITIES")
        var json: [JSONValue] = []
        for name in gateway.backends.names {
            let connector = gateway.configuration.backendCA(name)?.connector ?? ""
            let (state, abilities): (String, [String]) =
                switch gateway.backends[name] {
                case .ready(let backend)?: ("ready", backend.abilities.map(\.rawValue).sorted())
                case .unusable(let reason)?: (reason, [])
                case nil: ("unknown", [])
                }
            table.add(name, connector, state, abilities.joined(separator: ", "))
            json.append([
                "name": .string(name), "connector": .string(connector), "state": .string(state),
                "abilities": JSONValue(abilities),
            ])
        }
        Terminal.print(invocation.wantsJSON ? JSONValue.array(json).text : table.text)
        return .done
    }

    private static let check = Command(
        "check", "reachable, authorised, may issue?",
        arguments: [Argument("NAME", "backend CAs; all when left out", optional: true, repeats: true)]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let words = invocation.allWords("NAME")
        var failures = 0
        var json: [JSONValue] = []
        for name in words.isEmpty ? gateway.backends.names : words {
            do {
                let report = try await ready(name, gateway).connector.check()
                let facts = report.facts.map { "\($0.name) \($0.value)" }
                json.append([
                    "name": .string(name), "ok": true, "account": .string(report.account), "facts": JSONValue(facts),
                    "warnings": JSONValue(report.warnings),
                ])
                if !invocation.wantsJSON {
                    Terminal.print("\(name): ok, \(([report.account] + facts).joined(separator: ", "))")
                    for warning in report.warnings { Terminal.print("\(name): note: \(warning)") }
                }
            } catch {
                failures += 1
                json.append(["name": .string(name), "ok": false, "error": .string("\(error)")])
                if !invocation.wantsJSON { Terminal.print("\(name): \(error)") }
            }
        }
        if invocation.wantsJSON { Terminal.print(JSONValue.array(json).text) }
        return failures == 0 ? .done : .failed
    }

    private static let products = Command(
        "products", "what the CA account may order", arguments: [nameArgument],
        examples: [("certway ca products public-ca", "ids for 'product' in templates")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let name = invocation.requiredWord("NAME")
        let backend = try ready(name, gateway)
        guard let lister = backend.ability((any ProductListing).self, .listProducts) else {
            throw SettingsError(
                backend.explainMissing(.listProducts) + "; its profile knows: "
                    + backend.profile.products.map(\.id).joined(separator: ", "))
        }
        let products = try await lister.products()
        if invocation.wantsJSON {
            Terminal.print(
                JSONValue.array(
                    products.map {
                        [
                            "id": .string($0.id), "title": .string($0.title),
                            "details": .object($0.details.mapValues(JSONValue.string)),
                        ]
                    }
                ).text)
            return .done
        }
        var table = TextTable("PRODUCT", "TITLE", "IN PROFILE")
        for product in products {
            table.add(product.id, product.title, backend.profile.product(product.id) == nil ? "no" : "yes")
        }
        Terminal.print(table.text)
        return .done
    }

    private static let create = Command(
        "create", "make a certificate authority of your own, as files",
        discussion: """
            Makes a root and an issuing CA in a new folder, for small sites and for trying. The folder holds the private
            keys: keep it as you keep passwords. Configure it with connector local-ca and setting directory.
            """,
        arguments: [Argument("DIR", "folder to make; must not exist or be empty")],
        options: [
            .value("name", "NAME", "organization name in the CA certificates", default: "Certway Local CA"),
            .choice("key", KeyType.allCases.map(\.rawValue), "key type of both CAs", default: KeyType.p384.rawValue),
            .value("crl-url", "URL", "where clients will fetch the CRL; put into certificates"),
            .value("connector", "NAME", "connector profile whose module makes it", default: "local-ca"),
        ],
        examples: [("certway ca create /var/lib/certway/ca --name 'Example GmbH'", "root, issuing CA and CRL")]
    ) { invocation in
        let profiles = invocation.profiles
        let name = invocation.value("connector") ?? "local-ca"
        guard let profile = profiles.catalogue.outline(named: name),
            let creator = try profiles.modules.connectorType(for: profile.module) as? any AuthorityCreating.Type
        else { throw SettingsError("connector \"\(name)\" cannot make a certificate authority") }
        let settings = try profile.settings(
            values: ["directory": .string(invocation.requiredWord("DIR"))], secrets: [:])
        let chain = try creator.createAuthority(
            settings, name: invocation.value("name") ?? "",
            keyType: invocation.value("key").flatMap(KeyType.init) ?? .p384,
            crlURL: invocation.value("crl-url"))
        for certificate in chain {
            Terminal.print("\(certificate.subject), valid to \(certificate.notAfter.ISO8601Format())")
        }
        return .done
    }

    private static func ready(_ name: String, _ gateway: Gateway) throws -> BackendCA {
        switch gateway.backends[name] {
        case .ready(let backend)?: return backend
        case .unusable(let reason)?: throw SettingsError(reason)
        case nil:
            throw SettingsError(
                "no backend CA \"\(name)\"; known: \(gateway.backends.names.joined(separator: ", "))")
        }
    }
}
