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
        /// It is there for a former key of the connectors, and no copy is at hand to deliver it anew.
        case outdated
        /// Nothing is there, and the key was never here: whoever had ordered the certificate has brought it to devices.
        case elsewhere
    }

    /// The one word for where it stands.
    public enum State: String, Sendable, CaseIterable {
        case delivered, delivering, missing, outdated, elsewhere, withdrawing, withdrawn
    }

    /// Where a copy of the key is, with which it could be delivered once more.
    public enum Copy: Int, Sendable, CaseIterable {
        /// It never was here: others have ordered the certificate.
        case never
        /// Erased, and not archived.
        case erased
        /// For key recovery agents alone.
        case archived
        /// Sealed beside the ledger.
        case kept
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
    public let copy: Copy

    public var isOwn: Bool { personID == ownerID }

    public var state: State {
        guard isWanted else { return actual == .absent ? .withdrawn : .withdrawing }
        if problem == nil, nextActionAt == nil {
            switch actual {
            case .present: return .delivered
            case .outdated: return .outdated
            case .elsewhere: return .elsewhere
            case .absent, .unknown: break
            }
        }
        return nextActionAt == nil || failures > 0 ? .missing : .delivering
    }

    /// Whether it is to be there, is not, and cannot be brought there from here.
    public var isBeyondReach: Bool { isWanted && problem != nil && nextActionAt == nil && copy != .kept }

    /// Whether Intune holds it, be it for a former key of the connectors.
    public var isInIntune: Bool { actual == .present || actual == .outdated }

    /// What there is to know of it where nothing is wrong, one sentence; nil for nothing.
    public var remark: String? {
        switch state {
        case .delivered where copy == .never:
            "brought there by whoever had ordered it: its key was never here, and cannot be delivered again"
        case .delivered where copy != .kept: "no copy of the key is kept: it cannot be delivered again"
        case .outdated:
            "for a former key of the connectors, and no copy is kept: devices that have it go on, others get the next certificate"
        case .elsewhere:
            "its key was never here: devices that have it go on, whoever had ordered it may have its key, and others get the next "
                + "certificate"
        case .delivered, .delivering, .missing, .withdrawing, .withdrawn: nil
        }
    }

    /// Where a key stands whose sealed copy is not at hand, and which therefore cannot be sent.
    ///
    /// - Parameters:
    ///   - isThere: whether Intune holds it.
    ///   - deliveredFor: to which key of the connectors it was encrypted when it was brought there, as far as that is on record.
    ///   - connector: that of today.
    /// - Returns: nil for one that is to be there and is not.
    public func withoutCopy(
        isThere: Bool, deliveredFor: String?, connector: String?
    ) -> (actual: Actual, connector: String?)? {
        guard isThere else { return copy == .never ? (.elsewhere, nil) : nil }
        // What was brought there before this was kept has done until now.
        let used = self.connector ?? deliveredFor ?? connector
        return (used == connector ? .present : .outdated, used)
    }
}
