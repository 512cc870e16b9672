// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Gateway
import JSONDocuments
import Settings

/// The CAs of a live demo, chosen by what they can do: one that asks people to prove their mailboxes, one that was used before, and
/// one inside the company that can neither be searched nor asked to revoke.
struct LiveDemoAuthorities {
    private typealias CA = LiveDemoSetup.CA

    private let backends: [(name: String, backend: SandboxBackend)]
    /// What request limits of the profiles hold; none while the past is made.
    private var hasLimits = false

    /// Connectors by the names that the backend CAs get.
    static func connectors(_ profiles: Profiles) throws -> [String: String] {
        let outlines = profiles.catalogue.outlines()
        func first(_ what: String, _ fits: (ConnectorProfile) -> Bool) throws -> String {
            guard let profile = outlines.first(where: fits) else {
                throw SettingsError("no connector profile \(what): the demo needs those that come with the program")
            }
            return profile.name
        }
        return [
            CA.publicCA: try first("tells which addresses are validated, and cancels") {
                [.validationState, .resendValidation, .cancel, .revoke, .findByReference]
                    .allSatisfy($0.abilities.contains)
            },
            CA.oldCA: try first("revokes and lists products over SOAP") {
                $0.module == "soap" && [.revoke, .findByReference, .listProducts].allSatisfy($0.abilities.contains)
            },
            CA.insideCA: try first("polls and cannot revoke") {
                $0.abilities.contains(.poll) && !$0.abilities.contains(.revoke)
                    && !$0.abilities.contains(.findByReference)
            },
        ]
    }

    /// - Parameter description: what the sandbox printed.
    init(_ connectors: [String: String], _ description: JSONValue, folder: DemoFolder, _ profiles: Profiles) throws {
        backends = try connectors.sorted { $0.key > $1.key }.map { name, connector in
            guard let profile = profiles.catalogue.profile(named: connector) else {
                throw profiles.catalogue.missing(connector)
            }
            return (
                name,
                SandboxBackend(profile, description: description, folder: try DemoFolder(keep: folder.path(name)))
            )
        }
    }

    func withLimits() -> LiveDemoAuthorities {
        var copy = self
        copy.hasLimits = true
        return copy
    }

    private func backend(_ name: String) -> SandboxBackend? { backends.first { $0.name == name }?.backend }

    /// The connector of a backend CA, which is what the sandbox calls its CA.
    func connector(of name: String) -> String { backend(name)?.profile.name ?? "" }

    func product(at name: String) -> String { backend(name)?.product ?? "" }

    /// How long certificates of the CA are valid.
    func validityDays(at name: String) -> Int { backend(name)?.validityDays ?? 365 }

    var logonProduct: String? { backend(CA.insideCA)?.logon?.product }

    func configurations() throws -> [JSONValue] {
        try backends.map { name, backend in
            var value = try backend.configuration(limits: hasLimits).object ?? [:]
            value["name"] = .string(name)
            value["pollEvery"] = "20s"
            value["expectedWithin"] = "5d"
            return .object(value)
        }
    }
}
