// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph
import PKIX
import Settings

extension TenantConfiguration {
    var endpoints: TenantEndpoints {
        TenantEndpoints(cloud: cloud, authority: login, graph: graph, exchange: exchange)
    }

    /// What proves to the tenant who we are, with secret or key as they are now.
    ///
    /// - Throws: `SettingsError` when they cannot be read, `PKIXError` and `GraphError` for a pair that cannot be used.
    func tokenCredential() throws -> any ApplicationCredential {
        try applicationCredential(clientID, credential, at: "tenant")
    }

    /// The same of any application of the tenant.
    ///
    /// - Parameter section: where the credential stands, for the error.
    func applicationCredential(
        _ clientID: String, _ credential: Credential, at section: String
    ) throws -> any ApplicationCredential {
        switch credential {
        case .secret(let reference):
            ClientSecretCredential(
                tenant: id, clientID: clientID, secret: try reference.resolve(for: "\(section).clientSecret"),
                endpoints: endpoints)
        case .certificate(let path, let key):
            try CertificateCredential(
                tenant: id, clientID: clientID, certificate: Certificate(pem: try SettingsFile(path: path).text()),
                key: PrivateKey(pem: try key.resolve(for: "\(section).clientKey")), endpoints: endpoints)
        }
    }
}
