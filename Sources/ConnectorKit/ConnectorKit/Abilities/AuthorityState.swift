// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

/// What a CA of one's own has signed so far, as its files tell now. A host that remembers an earlier state recognises by it a folder
/// that came from an older copy, and learns what was revoked by hand.
public struct AuthorityState: Sendable {
    /// Tells this CA from another one in the same place.
    public var root: Certificate
    /// The newest list of each key that is still there, the root's among them.
    public var lists: [CertificateRevocationList]
    /// Certificates on record.
    public var issued: Int
    /// Whether a person has ended it.
    public var isRetired: Bool

    public init(root: Certificate, lists: [CertificateRevocationList], issued: Int, isRetired: Bool) {
        (self.root, self.lists, self.issued, self.isRetired) = (root, lists, issued, isRetired)
    }
}
