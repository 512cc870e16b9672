// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A connector for a CA that cannot be searched, whose administrator can say that a second certificate does no harm. That
/// is a setting of the backend CA and not of its profile, so it is no `ConnectorAbility`.
public protocol LostOrderRepeating: CertificateAuthorityConnector {
    /// How long after a lost answer the host places the order again, once and without looking; nil when a person decides.
    var repeatsLostOrdersAfter: Duration? { get }
}
