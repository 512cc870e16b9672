// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import PKIX

/// What a backend CA is made of.
public struct BackendCAParts: Sendable {
    public let profile: ConnectorProfile
    public let connectorType: any CertificateAuthorityConnector.Type
    public let settings: ConnectorSettings
    public let services: ConnectorServices
    /// Roots that issued certificates must chain to.
    public let acceptedRoots: [Certificate]
}
