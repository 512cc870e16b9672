// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A connector module that describes the keys of the profile sections it owns (`login`, `operations`, `errors`,
/// `requestOptions` and the one named like its kind), for the key reference and for new profiles.
public protocol ProfileDescribing: CertificateAuthorityConnector {
    /// Top-level keys first, in the order in which a profile shows them.
    static var profileKeys: [ProfileKey] { get }
}
