// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A directory in which others find certificates: Exchange Online's address list, or one that speaks LDAP.
public struct CertificateDirectoryConfiguration: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The address list of the tenant (wire/exchange-online.md section 3).
        case exchange
        /// RFC 4511, with the attributes of RFC 4523 and RFC 2798.
        case ldap
    }

    /// In which JSON form certificates go to Exchange's endpoint, which nobody documents: only a tenant can tell.
    public enum ExchangeForm: String, Sendable, CaseIterable {
        /// A list of base64 texts.
        case base64
        /// A list of lists of whole numbers.
        case numbers
        /// A table that adds and removes base64 texts.
        case table
    }

    public var name: String
    public var kind: Kind
    /// How often what is published is looked at, for what others have changed.
    public var checkEvery: Duration
    public var exchangeForm: ExchangeForm
    /// Of kind `ldap`; nil otherwise.
    public var ldap: LDAPServerConfiguration?

    static let usualCheck = Duration.seconds(86_400)
    static let checks: ClosedRange<Duration> = .seconds(1)...(.seconds(30 * 86_400))
}
