// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import PKIX

/// How PFX files go to Intune (wire/intune-pfx). One per gateway: every Intune connector must hold the same key.
public struct IntuneConfiguration: Sendable, Hashable {
    /// File with the connector's public key, in any form the connector's own export writes.
    public var publicKey: String
    /// What the file held when it was applied (`AppliedFiles`).
    public var appliedKey: String?
    /// Key storage provider on the connector, byte for byte.
    public var providerName: String
    public var keyName: String
    public var paddingScheme: PaddingScheme
    /// How the PFX file is encrypted where the template does not say otherwise.
    public var pfxEncryption: PKCS12Bundle.Encryption
}
