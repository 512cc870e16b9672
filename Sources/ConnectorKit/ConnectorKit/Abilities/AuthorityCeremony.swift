// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX
public import Secrets

/// What the person says who makes a CA of one's own, renews it, or lets its root sign.
public struct AuthorityCeremony: Sendable {
    /// Common name of the issuing CA; the root is called after it.
    public var name = ""
    /// Of the keys that are made.
    public var keyType = KeyType.p384
    /// Where the root's key is kept, apart from what the service needs; nil for the place where it is found, or beside the CA.
    public var rootFolder: String?
    /// Protects the root's key; nil for a key in clear.
    public var rootPassphrase: Secret?
    /// Where the CRL will be published, the root's beside it; nil when nowhere.
    public var crlURL: String?
    /// Where the issuing CA's certificate will be published, the root's beside it; nil when nowhere.
    public var issuerURL: String?
    /// What certificates of the issuing CA may be for. A renewal keeps what there was.
    public var purposes: [CertificatePurpose] = [.smime, .clientAuthentication]
    public var rootDays = 20 * 365
    public var issuingDays = 5 * 365
    public var rootCRLDays = 365
    /// The word of a person who has looked: the clock is right now, and was wrong when a CRL was made that is dated later.
    public var clockIsRight = false
    /// Do everything but write.
    public var isRehearsal = false

    public init() {}
}
