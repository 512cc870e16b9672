// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Store

/// What is wanted and what is known of one certificate in one directory: a row of its own, from before the first write until the
/// certificate was seen to be gone.
public struct PublicationRecord: Sendable, Hashable {
    /// What the directory was last seen to hold.
    public enum Actual: String, Sendable, CaseIterable, SQLRepresentable {
        /// Nobody has looked yet.
        case unknown
        case absent
        case present
    }

    public let certificateID: Int64
    /// Name of the directory.
    public let place: String
    public let subscriberID: String
    public let userPrincipalName: String
    public let serialNumber: String
    public let template: String
    public let notAfter: Date
    /// Whether others are to find it there.
    public let isWanted: Bool
    public let actual: Actual
    /// Since when wanted and actual are what they are.
    public let since: Date
    /// When it was last read; nil before the first time.
    public let checkedAt: Date?
    /// When it is looked at next; nil where all is done.
    public let nextActionAt: Date?
    public let failures: Int
    /// Who must act on `problem`: the word of a `PublicationError.Kind`.
    public let errorKind: String?
    /// Why it is not as it is wanted, one sentence.
    public let problem: String?
    /// Where it was last seen, by the directory's own name; nil for nowhere, and where entries have none.
    public let entry: String?

    /// Whether the directory was seen to be as it is wanted.
    public var isSettled: Bool { isWanted ? actual == .present : actual == .absent }

    /// The state in one word, for lists.
    public var state: State {
        if problem != nil { return .failed }
        if isSettled { return isWanted ? .published : .withdrawn }
        return isWanted ? .publishing : .withdrawing
    }

    public enum State: String, Sendable, CaseIterable {
        case publishing, published, withdrawing, withdrawn, failed
    }
}
