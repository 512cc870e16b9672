// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Which people to list; nil is any. In the order of their user principal names.
public struct PersonFilter: Sendable {
    /// Behind whom a page begins.
    public struct Position: Sendable, Hashable {
        public let userPrincipalName: String
        public let subscriberID: String
        public let template: String

        public init(_ person: EnrolledPerson) {
            userPrincipalName = person.userPrincipalName
            subscriberID = person.subscriberID
            template = person.template
        }

        /// - Parameter text: as `text` gives it.
        public init?(_ text: String) {
            let parts = text.components(separatedBy: "|")
            guard parts.count >= 3 else { return nil }
            userPrincipalName = parts.dropLast(2).joined(separator: "|")
            subscriberID = parts[parts.count - 2]
            template = parts[parts.count - 1]
        }

        public var text: String { "\(userPrincipalName)|\(subscriberID)|\(template)" }
    }

    public var template: String?
    public var status: PersonStatus?
    public var concern: CertificateConcern?
    public var subscriberID: String?
    public var after: Position?
    public var limit: Int

    public init(
        template: String? = nil, status: PersonStatus? = nil, concern: CertificateConcern? = nil,
        subscriberID: String? = nil, after: Position? = nil, limit: Int = 50
    ) {
        self.template = template
        self.status = status
        self.concern = concern
        self.subscriberID = subscriberID
        self.after = after
        self.limit = limit
    }
}
