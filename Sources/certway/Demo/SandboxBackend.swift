// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Gateway
import JSONDocuments
import PKIX
import Settings

/// One CA to try, as an administrator would configure it: the sandbox's imitation of it, or a CA made for the occasion
/// where the connector is its own CA.
struct SandboxBackend {
    let profile: ConnectorProfile
    /// What the sandbox says of its CA; nil where the connector makes one.
    let sandbox: JSONValue?
    let folder: DemoFolder

    /// - Parameter description: what the sandbox printed when it was ready.
    init(_ profile: ConnectorProfile, description: JSONValue, folder: DemoFolder) {
        self.profile = profile
        sandbox = description["cas"]?[profile.name]
        self.folder = folder
    }

    /// Makes the CA of a connector that is its own.
    ///
    /// - Throws: `SettingsError` for a connector that the sandbox does not imitate and that cannot make a CA.
    func createAuthority(_ profiles: Profiles) throws {
        guard sandbox == nil else { return }
        guard let creator = try profiles.modules.connectorType(for: profile.module) as? any AuthorityCreating.Type
        else {
            throw SettingsError(
                "certway-sandbox imitates no \(profile.name), and the connector cannot make a certificate authority; "
                    + "'certway-sandbox serve --help' lists what there is")
        }
        let settings = try profile.settings(values: ["directory": .string(folder.path("ca"))], secrets: [:])
        var ceremony = AuthorityCeremony()
        (ceremony.name, ceremony.keyType) = ("Certway Demo", .p256)
        _ = try creator.createAuthority(settings, ceremony)
    }

    /// The entry under `backendCAs`; writes the files it names.
    ///
    /// - Parameters:
    ///   - limits: whether the profile's request limits hold; a sandbox without limits needs none.
    func configuration(limits: Bool = false) throws -> JSONValue {
        var backend: [String: JSONValue] = [
            "name": .string(profile.name), "connector": .string(profile.name),
            // A sandbox decides in seconds what a CA may take minutes for; its slowest list lags by five.
            "absenceIsSureAfter": "8s", "pollEvery": "1s",
        ]
        if !limits { backend["limits"] = [] }
        guard let sandbox else {
            backend["settings"] = ["directory": .string(folder.path("ca"))]
            backend["acceptedRoots"] = .string(folder.path("ca/root.pem"))
            return .object(backend)
        }
        backend["acceptedRoots"] = .string(try folder.write(sandbox["rootPEM"]?.string ?? "", to: "roots.pem"))
        if let roots = sandbox["tlsRootPEM"]?.string {
            backend["tlsRoots"] = .string(try folder.write(roots, to: "tls-roots.pem"))
        }
        backend["endpoint"] = sandbox["endpoint"] ?? nil
        backend["settings"] = .object(try settings(sandbox["settings"]?.object ?? [:]))
        return .object(backend)
    }

    /// Secrets become references to files, as everywhere.
    private func settings(_ values: [String: JSONValue]) throws -> [String: JSONValue] {
        var values = values
        for schema in profile.settings where schema.type == .secret {
            guard let secret = values[schema.key]?.string else { continue }
            values[schema.key] = .string("file:" + (try folder.write(secret, to: "ca-\(schema.key)")))
        }
        return values
    }

    /// The product that is most useful to try: the sandbox's first, or the first of the profile for S/MIME.
    var product: String {
        if let id = sandbox?["products"]?[0]?.string { return id }
        let known = profile.products
        return (known.first { $0.purposes.contains(.smime) } ?? known.first)?.id ?? "smime"
    }

    /// The product for logon with the names of an account, where the sandbox knows accounts.
    var logon: (product: String, userPrincipalName: String, securityIdentifier: String)? {
        guard let logon = sandbox?["logon"], let product = logon["product"]?.string,
            let name = logon["userPrincipalName"]?.string, let identifier = logon["securityIdentifier"]?.string
        else { return nil }
        return (product, name, identifier)
    }

    /// The organization of the account, where the sandbox certifies no other.
    var organization: RequestedNames {
        guard let name = sandbox?["organization"]?.string else { return RequestedNames() }
        return RequestedNames(organization: name, country: "CH")
    }

    /// A validity that the sandbox's products have, where the profile does not know any.
    var validityDays: Int? { sandbox?["validityDays"]?.int }

    /// What its certificates are best tried for: S/MIME before others, what is archived before what is not.
    func purpose(of product: String) -> CertificatePurpose {
        let allowed = profile.product(product)?.purposes ?? []
        if allowed.isEmpty || allowed.contains(.smime) { return .smime }
        return allowed.first(where: \.isArchivable) ?? allowed[0]
    }

    /// `wanted` if the product takes such keys, else the first type it takes.
    func keyType(of product: String, wanted: KeyType = .rsa2048) -> KeyType {
        let allowed = profile.product(product)?.keyTypes ?? []
        return allowed.isEmpty || allowed.contains(wanted) ? wanted : allowed[0]
    }
}
