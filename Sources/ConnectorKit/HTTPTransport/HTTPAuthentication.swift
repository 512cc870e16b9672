// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Secrets

/// How a request signs in: exactly one scheme, never "any". With several offered and no ticket, libcurl picks Negotiate
/// and ends with 401 (`wire/adcs-http.md` §2).
///
/// An answer 401 means that nothing was executed; it is returned like any other answer and never tried again here, as
/// that would lock accounts. NTLM and Negotiate sign in a connection, not a request: such connections are kept for
/// requests with the same credential only.
///
/// TLS channel binding (RFC 5929), which IIS calls Extended Protection, is what libcurl sends: for Negotiate since 8.10,
/// for NTLM never. Debian 12 has 7.88.1, which sends none.
public enum HTTPAuthentication: Sendable {
    /// RFC 7617. The user name has no colon.
    case basic(user: String, password: Secret)
    /// MS-NTHT. The user name may be `DOMAIN\user` and is ASCII; the password has Latin-1 characters only. libcurl knows
    /// no others for NTLM.
    case ntlm(user: String, password: Secret)
    /// RFC 4559: Kerberos with the ticket of this process, for the service `HTTP/` and the host as the address spells it.
    ///
    /// The ticket comes from the process's credential cache (KRB5CCNAME) or from its client keytab (KRB5_CLIENT_KTNAME);
    /// both are of the whole process. Getting one may ask a KDC, which cannot be cancelled and delays other requests
    /// with Negotiate, but none without.
    case negotiate

    /// Whether the request itself goes out only after an answer 401 to an earlier leg, or on a connection signed in.
    var isOfConnection: Bool {
        switch self {
        case .basic: false
        case .ntlm, .negotiate: true
        }
    }

    /// What a trace or an error must not show.
    var secrets: [Secret] {
        switch self {
        case .basic(let user, let password): [password, Secret("\(user):\(password.revealed)")]
        case .ntlm(_, let password): [password]
        case .negotiate: []
        }
    }

    /// Why libcurl cannot sign in as told; nil when it can.
    var problem: String? {
        switch self {
        case .negotiate: return nil
        case .basic(let user, _) where user.contains(":"): return "a user name for Basic has no colon"
        case .basic(let user, let password), .ntlm(let user, let password):
            if case .ntlm = self {
                if !user.utf8.allSatisfy({ $0 < 0x80 }) { return "a user name for NTLM is ASCII" }
                if !password.revealed.unicodeScalars.allSatisfy({ $0.value <= 0xFF }) {
                    return "a password for NTLM has characters of Latin-1 only"
                }
            }
            let hasNull = user.utf8.contains(0) || password.withBytes { $0.contains(0) }
            return hasNull ? "a user name or password has a null character" : nil
        }
    }
}
