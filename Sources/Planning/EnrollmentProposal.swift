// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger

/// What an order by hand would be for one person, or why there is none.
public struct EnrollmentProposal: Sendable {
    /// As it was typed.
    public let word: String
    /// Object id; nil for a word that means nobody, or several.
    public let subscriberID: String?
    public let userPrincipalName: String
    public let names: RequestedNames
    /// Not a member of the template's group: the exception that is made keeps the person looked after.
    public let isOutside: Bool
    /// Why nothing is ordered, in one sentence; nil where nothing stands against it.
    public let refusal: String?
    /// What is to be said although nothing stands against it.
    public let warning: String?
    /// The intent; nil where it is refused.
    let order: NewOrder?
    /// What has to be on record beside the order.
    let exception: EnrollmentException?

    public var isRefused: Bool { order == nil }
    public var price: Money? { order?.price }

    /// A word that means nobody who could be looked at.
    public init(word: String, refusal: String) {
        self.init(word: word, id: nil, name: "", refusal: refusal)
    }

    init(
        word: String, id: String?, name: String, names: RequestedNames = RequestedNames(), isOutside: Bool = false,
        refusal: String? = nil, warning: String? = nil, order: NewOrder? = nil, exception: EnrollmentException? = nil
    ) {
        self.word = word
        subscriberID = id
        userPrincipalName = name
        self.names = names
        self.isOutside = isOutside
        self.refusal = refusal
        self.warning = warning
        self.order = order
        self.exception = exception
    }
}
