// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Lists what the account may order.
public protocol ProductListing: CertificateAuthorityConnector {
    func products() async throws -> [CAProduct]
}

/// One thing a CA offers under an id.
public struct CAProduct: Sendable, Hashable {
    public var id: String
    public var title: String
    /// Further facts as the CA gives them, for people.
    public var details: [String: String]

    public init(id: String, title: String, details: [String: String] = [:]) {
        self.id = id
        self.title = title
        self.details = details
    }
}
