// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Ledger
import PKIX

/// One certificate with all that is kept of it.
public struct CertificateDetails: Sendable {
    public let record: CertificateRecord
    /// Leaf first.
    public let chain: [Certificate]
    public let isKeyArchived: Bool
    /// The value of `certificateUserIds` by which its subscriber signs in to Entra ID; nil for none.
    public let certificateUserID: String?
    /// What was asked to be done to it, newest first.
    public let actions: [CertificateAction]

    public var json: JSONValue {
        var value = record.json
        value["chain"] = .array(chain.map { .string($0.pem) })
        value["certificateUserId"] = JSONValue(certificateUserID)
        value["actions"] = .array(actions.map(\.json))
        return value
    }
}
