// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// What a device would install.
public struct OpenedPFX: Sendable {
    public let certificate: Certificate
    /// The other certificates of the file.
    public let chain: [Certificate]
    public let privateKey: PrivateKey
}
