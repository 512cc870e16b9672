// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Somebody whom the ledger knows by an order or a certificate.
public struct KnownSubscriber: Sendable, Hashable {
    public let subscriberID: String
    /// As the order or certificate has it, which may be an old one.
    public let userPrincipalName: String
}
