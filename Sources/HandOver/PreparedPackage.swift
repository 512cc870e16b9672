// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import SignIn

/// A package as it goes into the database: sealed, with what its link is known by. Made before the transaction, so that a body that
/// runs twice seals once.
public struct PreparedPackage: Sendable {
    /// What the link carries; told to nobody else and not kept.
    public let secret: SecretText
    let new: NewPackage
    let sealed: [UInt8]
}
