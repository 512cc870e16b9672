// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// What a responder says of one certificate (RFC 6960 §2.2).
public enum OCSPStatus: Sendable, Hashable {
    /// Not revoked, as far as the responder knows.
    case good
    /// - Parameter reasonCode: of RFC 5280 §5.3.1; nil where the responder names none.
    case revoked(at: Date, reasonCode: Int?)
    /// The responder does not know the certificate.
    case unknown
}
