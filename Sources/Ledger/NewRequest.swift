// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What somebody hands in, looked at.
public struct NewRequest: Sendable {
    public var template: String
    public var requester: String
    public var requesterID: String?
    public var hosts: [String]
    public var keyType: String
    public var csr: [UInt8]
    public var reason: String
    /// How many seconds before its end the same may be asked for again.
    public var renewableFor: Double

    /// - Parameter renewableFor: left out, not before the end.
    public init(
        template: String, requester: String, requesterID: String?, hosts: [String], keyType: String, csr: [UInt8],
        reason: String, renewableFor: Double = 0
    ) {
        (self.template, self.requester, self.requesterID) = (template, requester, requesterID)
        (self.hosts, self.keyType, self.csr, self.reason) = (hosts, keyType, csr, reason)
        self.renewableFor = renewableFor
    }
}
