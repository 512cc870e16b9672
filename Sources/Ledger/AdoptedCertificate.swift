// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A certificate that somebody else has ordered, and that is to be looked after here from now on. Its key is not here.
public struct AdoptedCertificate: Sendable {
    /// What would be ordered if it was not there; its names are those that the certificate counts as having.
    public var order: NewOrder
    public var certificate: NewCertificate
    /// Which CA, environment and account has it.
    public var connection: String
    /// The CA's own id of it, for what is revoked or renewed there; nil where nobody knows it.
    public var caRequestID: String?
    public var caIdentifiers: [String: String]
    /// For which key of the connectors it lies in Intune, as a name that changes with it; nil where it does not, or nobody can tell.
    public var connectorKey: String?

    public init(
        order: NewOrder, certificate: NewCertificate, connection: String, caRequestID: String? = nil,
        caIdentifiers: [String: String] = [:]
    ) {
        self.order = order
        self.certificate = certificate
        self.connection = connection
        self.caRequestID = caRequestID
        self.caIdentifiers = caIdentifiers
    }
}
