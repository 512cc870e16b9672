// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import HTTPTransport
import PKIX
import Settings
import TestSupport

/// A registry over files in a folder of its own, with two backend CAs of two profiles.
struct Registry {
    let folder: TemporaryFolder
    let catalogue: ProfileCatalogue
    let registry: BackendCARegistry

    init() throws {
        folder = try TemporaryFolder()
        let modules = ModuleLoader(folders: [], linked: [CountingConnector.self])
        catalogue = ProfileCatalogue(folders: [folder.path], modules: modules)
        let key = try PrivateKey.generate(.p256)
        let root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Root")], publicKey: key.publicKey,
            notBefore: Date(timeIntervalSince1970: 1_700_000_000), notAfter: Date(timeIntervalSince1970: 2_000_000_000)
        ).selfSigned(key: key)
        try folder.write(root.pem, to: "root.pem")
        try folder.write("first", to: "key")
        for name in ["one-ca", "other-ca"] { try folder.write(CountingConnector.profile(name), to: "\(name).yaml") }
        registry = BackendCARegistry(
            try Self.configurations(folder),
            factory: BackendCAFactory(
                catalogue: catalogue, modules: modules, logger: SilentLogger(),
                makeHTTPClient: { _ in ScriptedClient(HTTPResponse(500)) }),
            looksEvery: .zero)
    }

    /// - Parameter more: further members of backend CA `one`.
    static func configurations(_ folder: TemporaryFolder, _ more: String = "", settings: String = "") throws
        -> [BackendCAConfiguration]
    {
        let text = """
            backendCAs:
              - {name: one, connector: one-ca, acceptedRoots: \(folder.path)/root.pem, \(more)
                 settings: {key: "file:\(folder.path)/key"\(settings)}}
              - {name: other, connector: other-ca, acceptedRoots: \(folder.path)/root.pem,
                 settings: {key: "file:\(folder.path)/key"}}
            """
        return try ConfigurationReader.read(text, file: "f.yaml").backendCAs
    }

    func configure(_ more: String = "", settings: String = "") throws {
        registry.configure(try Self.configurations(folder, more, settings: settings))
    }

    func backend(_ name: String = "one") throws -> BackendCA {
        switch registry[name] {
        case .ready(let backend)?: return backend
        case .unusable(let reason)?: throw SettingsError(reason)
        case nil: throw SettingsError("no \(name)")
        }
    }

    func connector(_ name: String = "one") throws -> CountingConnector {
        guard let connector = try backend(name).connector as? CountingConnector else {
            throw SettingsError("another module")
        }
        return connector
    }
}
