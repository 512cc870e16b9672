// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// The certificate of an order that a newer one has taken the place of.
public struct SupersededCertificate: Sendable, Hashable {
    public let orderID: Int64
    public let certificateID: Int64
    /// Of its order.
    public let reference: String
    public let backendCA: String
    public let product: String
    /// What its order asked for.
    public let names: JSONValue
}
