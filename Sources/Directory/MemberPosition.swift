// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A place in the list of changes of an enrollment group: what a planner remembers between two runs.
public struct MemberPosition: Sendable, Hashable, Comparable {
    public var changeNumber: Int64
    public var userID: String

    public init(changeNumber: Int64, userID: String) {
        self.changeNumber = changeNumber
        self.userID = userID
    }

    /// Before every change.
    public static let start = MemberPosition(changeNumber: 0, userID: "")

    public static func < (left: MemberPosition, right: MemberPosition) -> Bool {
        (left.changeNumber, left.userID) < (right.changeNumber, right.userID)
    }
}
