// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// That a person is to have the key of a certificate on devices, and whether that is so.
public struct KeyHolding: Sendable, Hashable {
    /// What is known of the record in Intune.
    public enum Actual: String, Sendable, CaseIterable {
        /// Nothing was sent yet, or what was sent was taken out again.
        case absent
        /// Something is on its way, or its answer was lost.
        case unknown
        case present
    }

    /// The one word for where it stands.
    public enum State: String, Sendable, CaseIterable {
        case delivered, delivering, missing, withdrawing, withdrawn
    }

    public let certificateID: Int64
    /// Object id of the person.
    public let personID: String
    /// Under which name it was, or is to be, sent.
    public let userPrincipalName: String
    /// Whose certificate it is: the person's own id, or that of a mailbox.
    public let ownerID: String
    public let template: String
    public let isWanted: Bool
    public let actual: Actual
    /// To which connector key the password was encrypted; nil for never.
    public let connector: String?
    public let since: Date
    public let deliveredAt: Date?
    public let nextActionAt: Date?
    public let failures: Int
    /// Why it is not as it should be.
    public let problem: String?

    public let orderID: Int64
    public let serialNumber: String
    public let thumbprint: String
    public let notBefore: Date
    public let notAfter: Date
    /// Stage of its order, as a word.
    public let stage: String

    public var isOwn: Bool { personID == ownerID }

    public var state: State {
        if isWanted {
            if actual == .present, problem == nil, nextActionAt == nil { return .delivered }
            return nextActionAt == nil || failures > 0 ? .missing : .delivering
        }
        return actual == .absent ? .withdrawn : .withdrawing
    }
}
