// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

/// A certificate as the CA returned it. The host compares it with the request before it counts as issued.
public struct IssuedCertificate: Sendable {
    /// Leaf first, root left out where the CA sends one.
    public var certificateChain: [Certificate]
    public var order: CAOrder

    public init(certificateChain: [Certificate], order: CAOrder) {
        self.certificateChain = certificateChain
        self.order = order
    }
}
