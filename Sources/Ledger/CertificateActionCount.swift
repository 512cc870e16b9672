// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How many actions of a kind are how far.
public struct CertificateActionCount: Sendable, Hashable {
    public let kind: CertificateAction.Kind
    public let state: CertificateAction.State
    /// Whether they wait for a person.
    public let isHeld: Bool
    public let count: Int
}
