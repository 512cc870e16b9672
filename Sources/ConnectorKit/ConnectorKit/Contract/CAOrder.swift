// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The CA's own names for an order. The host stores them and hands them back unchanged.
public struct CAOrder: Sendable, Hashable {
    /// The CA's main reference for the request.
    public var caRequestID: String
    /// Further ids of the CA, such as `certificateID`; the connector chooses the names.
    public var identifiers: [String: String]

    public init(caRequestID: String, identifiers: [String: String] = [:]) {
        self.caRequestID = caRequestID
        self.identifiers = identifiers
    }
}
