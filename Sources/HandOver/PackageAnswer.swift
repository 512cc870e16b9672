// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Secrets

/// What came of the wish to fetch a package.
public enum PackageAnswer: Sendable {
    /// The one time.
    case content(Secret, OneTimePackage)
    /// It was there: fetched before, expired, locked or withdrawn.
    case ended(OneTimePackage)
    /// It is somebody else's. The attempt counts.
    case foreign(OneTimePackage)
    /// There is none of that link or number.
    case unknown
}
