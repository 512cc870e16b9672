// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph
public import YAMLDocuments

extension TenantConfiguration {
    /// Reads section `tenant`, and notes what is wrong in it.
    public init(_ reader: MappingReader) {
        defer { reader.finish(known: ConfigurationKeys.names(in: "tenant")) }
        self.init(
            id: reader.requiredString("id"), clientID: reader.requiredString("clientID"),
            credential: Self.credential(reader),
            cloud: reader.choice("cloud", of: NationalCloud.self) ?? .global, login: reader.string("login"),
            graph: reader.string("graph"), exchange: reader.string("exchange"),
            tlsRoots: reader.string("tlsRoots"))
    }

    /// The application's credential, by the keys that sections `tenant` and `console.signIn` share.
    static func credential(_ reader: MappingReader) -> Credential {
        let secret = reader.node("clientSecret")
        let isCertificate = [reader.node("clientCertificate"), reader.node("clientKey")].contains { $0 != nil }
        guard isCertificate else {
            if secret == nil {
                reader.add("clientSecret", "missing: give clientSecret, or clientCertificate and clientKey")
            }
            return .secret(reader.reference("clientSecret") ?? .unset)
        }
        if secret != nil {
            reader.add("clientSecret", "give either clientSecret, or clientCertificate together with clientKey")
        }
        return .certificate(
            path: reader.requiredString("clientCertificate"),
            key: reader.requiredNode("clientKey").flatMap { _ in reader.reference("clientKey") } ?? .unset)
    }
}
