// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// What a certificate policy says beside its identifier (RFC 5280 §4.2.1.4).
public enum PolicyQualifier: Sendable, Hashable {
    case cpsPointer(String)
    /// Whether it refers to a notice elsewhere, and whether it has a text of its own.
    case userNotice(hasReference: Bool, hasText: Bool)
    /// Dotted OID of another kind.
    case other(String)

    init(reading qualifier: POLICYQUALINFO) {
        switch OBJ_obj2nid(qualifier.pqualid) {
        case NID_id_qt_cps: self = .cpsPointer(text(qualifier.d.cpsuri) ?? "")
        case NID_id_qt_unotice:
            let notice = qualifier.d.usernotice?.pointee
            self = .userNotice(hasReference: notice?.noticeref != nil, hasText: notice?.exptext != nil)
        default: self = .other(dotted(qualifier.pqualid))
        }
    }
}
