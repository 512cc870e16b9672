// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit

extension PendingOrder.Party {
    /// As people read it behind "waiting for".
    public var words: String {
        switch self {
        case .certificateAuthority: "the CA"
        case .subscriber: "the subscriber, who has to answer the CA's mail"
        case .approver: "an approver at the CA"
        case .operator: "somebody to act at the CA"
        }
    }

    /// Of the word that the ledger keeps.
    public static func words(_ word: String?) -> String {
        word.flatMap(Self.init)?.words ?? word ?? certificateAuthority.words
    }
}
