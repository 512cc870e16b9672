// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// An end entity: who a certificate is for, as editUser or certificateRequest said it last.
struct EJBCAUser: Sendable {
    let name: String
    var password: String?
    var email: String?
    var subject: DistinguishedName
    var names: [GeneralName]
    var product: SandboxProduct
    var notBefore: Date?
    var notAfter: Date?
    /// 10 new, 40 generated, 50 revoked.
    var status: Int
    /// What was sent, for findUser.
    var data: SOAPRecord

    var emails: [String] {
        names.compactMap { if case .rfc822Name(let address) = $0 { address } else { nil } }
    }
    var userPrincipalName: String? {
        names.lazy.compactMap { if case .userPrincipalName(let name) = $0 { name } else { nil } }.first
    }
    /// Alternative names of other kinds.
    var otherNames: [GeneralName] {
        names.filter { if case .rfc822Name = $0 { false } else if case .userPrincipalName = $0 { false } else { true } }
    }
}
