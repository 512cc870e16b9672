// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A connector module that describes the keys of the profile sections it owns (`login`, `operations`, `errors`,
/// `requestOptions` and the one named like its kind), for the key reference and for new profiles. It may describe `settings`
/// and other keys that every profile has once more: its own words and examples then stand in new profiles of its kind.
public protocol ProfileDescribing: CertificateAuthorityConnector {
    /// In the order in which a profile shows them. The examples of the top-level keys fit together: a new profile that
    /// begins with them has no problems.
    static var profileKeys: [ProfileKey] { get }
}
