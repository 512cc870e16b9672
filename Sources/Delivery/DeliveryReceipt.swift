// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// What became of a delivery.
public struct DeliveryReceipt: Sendable, Hashable {
    public enum Outcome: String, Sendable, CaseIterable {
        /// The PFX was uploaded.
        case delivered
        /// The upload had arrived, though its answer was lost.
        case alreadyThere
        /// Intune held this certificate already; file and password were replaced.
        case updated
    }

    public var outcome: Outcome
    /// Intune's id of the entity.
    public var entityID: String
    /// How the file is encrypted that Intune holds by this delivery.
    public var encryption: PKCS12Bundle.Encryption

    /// Which of the connectors' keys the password is encrypted to; see `IntunePFXUploader.connector`.
    public var connectorKey: String?

    public init(
        outcome: Outcome, entityID: String, encryption: PKCS12Bundle.Encryption, connectorKey: String? = nil
    ) {
        self.connectorKey = connectorKey
        self.outcome = outcome
        self.entityID = entityID
        self.encryption = encryption
    }
}

extension DeliveryReceipt: CustomStringConvertible {
    /// For the order's record: a device that reports a wrong password is explained by the encryption.
    public var description: String { "PFX in Intune: \(outcome.rawValue), encrypted with \(encryption.rawValue)" }
}
