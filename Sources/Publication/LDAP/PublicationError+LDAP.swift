// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CLDAP

extension PublicationError {
    /// What a result code means (RFC 4511 appendix A, and the library's own below zero).
    ///
    /// - Parameters:
    ///   - name: the code in words.
    ///   - detail: what server or library add; may be empty.
    init(ldap code: Int32, _ name: String, _ detail: String, _ what: String) {
        // A certificate that does not fit comes as a connection that ended, by an error that the library has no word for.
        let isTLS = ["certificate", "tls", "unknown error code"].contains { detail.lowercased().contains($0) }
        let (kind, hint): (Kind, String?) =
            switch code {
            case _ where code < 0 && isTLS:
                (.configuration, "compare tlsRoots and the host name with the server's certificate")
            case LDAP_CONNECT_ERROR:
                (.configuration, "compare tlsRoots and the host name with the server's certificate")
            case LDAP_SERVER_DOWN, LDAP_TIMEOUT, LDAP_BUSY, LDAP_UNAVAILABLE, LDAP_TIMELIMIT_EXCEEDED,
                LDAP_ADMINLIMIT_EXCEEDED, LDAP_ALREADY_EXISTS, LDAP_TYPE_OR_VALUE_EXISTS, LDAP_NO_SUCH_ATTRIBUTE:
                (.transient, nil)
            case LDAP_INVALID_CREDENTIALS, LDAP_INAPPROPRIATE_AUTH, LDAP_STRONG_AUTH_REQUIRED,
                LDAP_CONFIDENTIALITY_REQUIRED:
                (.permission, "compare bindName and bindPassword with the server")
            case LDAP_INSUFFICIENT_ACCESS: (.permission, "let the gateway's account read and write the attribute")
            case LDAP_NO_SUCH_OBJECT, LDAP_INVALID_DN_SYNTAX, LDAP_FILTER_ERROR, LDAP_PROTOCOL_ERROR, LDAP_PARAM_ERROR:
                (.configuration, "compare url, base and filter with the server")
            case LDAP_REFERRAL:
                (.configuration, "another server holds it; give its address, for referrals are not followed")
            case LDAP_UNDEFINED_TYPE, LDAP_OBJECT_CLASS_VIOLATION, LDAP_INVALID_SYNTAX, LDAP_CONSTRAINT_VIOLATION,
                LDAP_UNWILLING_TO_PERFORM, LDAP_NAMING_VIOLATION, LDAP_NOT_ALLOWED_ON_RDN:
                (.refused, "let entries have the attribute (object class inetOrgPerson)")
            default: (code < 0 ? .transient : .refused, nil)
            }
        let more = detail.isEmpty ? "" : " (\(Self.line(detail)))"
        self.init(kind, "\(what): \(name)\(more)" + (hint.map { "; \($0)" } ?? ""))
    }

    /// Foreign text on one short line.
    static func line(_ text: String) -> String {
        let words = text.split {
            $0.isWhitespace || $0.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }
        let line = words.joined(separator: " ")
        return line.count <= 300 ? line : line.prefix(299) + "…"
    }
}
