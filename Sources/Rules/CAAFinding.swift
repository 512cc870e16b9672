// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// What one mail domain says of the CAs that may certify its addresses (RFC 9495, RFC 8659 §3).
public struct CAAFinding: Sendable, Hashable {
    public enum State: String, Sendable {
        /// No record anywhere up to the root: every CA may.
        case none
        case found
        /// The resolver has no answer: nobody knows.
        case unknown
    }

    /// The domain of the addresses, and the one at or above it that has the records.
    public let domain: String
    public let state: State
    public let holder: String?
    /// Domains of the issuers that `issuemail` names, an empty one for ";", which permits nobody; nil without `issuemail`.
    public let issuers: [String]?
    /// A tag that nobody knows and that forbids everything to who does not know it.
    public let criticalTag: String?
    /// Why it is unknown.
    public let detail: String?

    public init(
        domain: String, state: State, holder: String? = nil, issuers: [String]? = nil, criticalTag: String? = nil,
        detail: String? = nil
    ) {
        self.domain = domain
        self.state = state
        self.holder = holder
        self.issuers = issuers
        self.criticalTag = criticalTag
        self.detail = detail
    }

    /// From the records of a domain.
    ///
    /// - Parameter holder: the domain that has them.
    public init(domain: String, holder: String, records: [CAARecord]) {
        let mail = records.filter { $0.tag.lowercased() == "issuemail" }
        let known = ["issue", "issuewild", "issuemail", "issuevmc", "iodef", "contactemail", "contactphone"]
        self.init(
            domain: domain, state: records.isEmpty ? .none : .found, holder: holder,
            issuers: mail.isEmpty ? nil : mail.map(\.issuer),
            criticalTag: records.first { $0.isCritical && !known.contains($0.tag.lowercased()) }?.tag)
    }

    var json: JSONValue {
        [
            "domain": .string(domain), "state": .string(state.rawValue), "holder": JSONValue(holder),
            "issuers": issuers.map { JSONValue($0) } ?? .null, "criticalTag": JSONValue(criticalTag),
            "detail": JSONValue(detail),
        ]
    }
}
