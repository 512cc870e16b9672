// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

extension DemoFolder {
    /// Sections `tenant` and `intune` of a configuration for a tenant of the sandbox; the two files that they name are to be written into this
    /// folder.
    ///
    /// - Parameter tenant: what the sandbox tells of it; nil for none, which leaves the members null.
    func sections(of tenant: JSONValue?) -> (tenant: JSONValue, intune: JSONValue) {
        (
            tenant: [
                "id": tenant?["id"] ?? nil, "clientID": tenant?["clientID"] ?? nil,
                "clientSecret": .string("file:" + path("client-secret")), "login": tenant?["login"] ?? nil,
                "graph": tenant?["graph"] ?? nil, "exchange": tenant?["exchange"] ?? nil,
            ],
            intune: [
                "publicKey": .string(path("intune-connector.pem")),
                "providerName": tenant?["intune"]?["providerName"] ?? nil,
                "keyName": tenant?["intune"]?["keyName"] ?? nil,
            ]
        )
    }
}
