// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Settings
import YAMLDocuments

/// One order at a sandbox CA that can be placed again: its request, the backend CA's configuration and everything that went
/// over the line, as files in a folder.
struct RecordedOrder {
    let folder: String

    var exchangesFile: String { "\(folder)/exchanges.json" }
    private var requestFile: String { "\(folder)/request.json" }
    private var backendFile: String { "\(folder)/backend.json" }

    /// The recorded exchanges, in their order.
    func exchanges() throws -> [Exchange] { try (json(exchangesFile).array ?? []).map(Exchange.init) }

    func write(exchanges: [Exchange]) throws {
        try write(JSONValue.array(exchanges.map(\.json)).text, to: exchangesFile)
    }

    /// The request: always the same key and names, so that a recorded answer fits.
    func request() throws -> CertificateRequest {
        let stored = try json(requestFile)
        return CertificateRequest(
            reference: stored["reference"]?.string ?? "", product: stored["product"]?.string ?? "",
            csr: try CertificateSigningRequest(pem: stored["csr"]?.string ?? ""),
            names: RequestedNames(json: stored["names"] ?? [:]), purpose: .smime)
    }

    /// Starts the sandbox CA of a connector and makes an order for it.
    ///
    /// - Returns: the CA, which ends with its owner.
    func prepare(_ connector: String, _ profiles: BenchmarkProfiles) throws -> ServiceProcess {
        try profiles.writeUnlimited(connector, to: folder)
        let sandbox = try ServiceProcess(
            Programs.sibling("certway-sandbox"), ["serve", "--only", connector, "--unlimited", "--exit-with-parent"])
        guard let description = sandbox.description["cas"]?[connector],
            let profile = profiles.catalogue.outline(named: connector)
        else { throw BenchmarkError("certway-sandbox imitates no CA for connector \(connector)") }
        try prepare(
            connector: connector, sandbox: description,
            secretSettings: Set(profile.settings.filter { $0.type == .secret }.map(\.key)))
        return sandbox
    }

    /// Makes the request and the configuration for a CA as the sandbox describes it.
    private func prepare(connector: String, sandbox: JSONValue, secretSettings: Set<String>) throws {
        let address = "ada@sandbox.example"
        let names = RequestedNames(commonName: "Ada Lovelace", givenName: "Ada", surname: "Lovelace", emails: [address])
        let csr = try CertificateSigningRequest.make(
            subject: names.distinguishedName, alternativeNames: names.alternativeNames,
            key: PrivateKey.generate(.rsa2048))
        let request: JSONValue = [
            "reference": "cw-benchmark-0001", "product": sandbox["products"]?[0] ?? "", "csr": .string(csr.pem),
            "names": names.json,
        ]
        try write(request.text, to: requestFile)
        try write(sandbox["rootPEM"]?.string ?? "", to: "\(folder)/roots.pem")
        var settings = sandbox["settings"]?.object ?? [:]
        for key in secretSettings {
            guard let secret = settings[key]?.string else { continue }
            try write(secret, to: "\(folder)/secret-\(key)")
            settings[key] = .string("file:\(folder)/secret-\(key)")
        }
        var backend: JSONValue = [
            "name": "ca", "connector": .string(connector), "endpoint": sandbox["endpoint"] ?? nil,
            "acceptedRoots": .string("\(folder)/roots.pem"), "settings": .object(settings),
        ]
        if let roots = sandbox["tlsRootPEM"]?.string {
            try write(roots, to: "\(folder)/tls-roots.pem")
            backend["tlsRoots"] = .string("\(folder)/tls-roots.pem")
        }
        try write(backend.text, to: backendFile)
    }

    /// The backend CA as the host makes it, module and profile included.
    ///
    /// - Parameters:
    ///   - server: an address to use in place of the recorded one; the path stays.
    ///   - wrapping: what stands between connector and HTTP client.
    func backend(
        _ profiles: BenchmarkProfiles, server: String?,
        wrapping: @escaping @Sendable (any HTTPClient) -> any HTTPClient = { $0 }
    ) throws -> BackendCA {
        var backend = try json(backendFile)
        if let server, let recorded = backend["endpoint"]?.string {
            backend["endpoint"] = .string(server + (try HTTPAddress(recorded)).path)
        }
        let configuration = try ConfigurationReader.read(
            YAMLText.emit(["backendCAs": [backend]]), file: backendFile)
        let factory = BackendCAFactory(
            catalogue: profiles.catalogue, modules: profiles.modules, logger: SilentLogger(),
            makeHTTPClient: { wrapping(CurlHTTPClient(trustAnchorsPEM: $0)) })
        return try factory.make(configuration.backendCAs[0])
    }

    private func json(_ path: String) throws -> JSONValue {
        do {
            return try JSONValue(parsing: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw BenchmarkError("\(path) cannot be read: run 'certway-benchmark record' first (\(error))")
        }
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}
