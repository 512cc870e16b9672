// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A person who can open archived keys, as the certificate the keys are encrypted to.
public struct KeyRecoveryAgentConfiguration: Sendable, Hashable {
    public var name: String
    /// PEM file of the certificate; the private key stays with the agent.
    public var certificate: String
    /// What the file held when it was applied (`AppliedFiles`).
    public var appliedCertificate: String?
}
