// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What becomes of an order that is to take the place of a certificate in use. Whoever waits for one has a certificate, and is counted
/// among those who have (`PersonStatus.inUse`).
public enum Replacement: String, Sendable, CaseIterable {
    /// It goes on by itself.
    case underWay
    /// It waits for a decision of ours.
    case held

    /// End of a sentence that begins with people who have a certificate in use.
    public var meaning: String {
        switch self {
        case .underWay: "have an order beside it that goes on by itself"
        case .held: "have an order beside it that waits for a decision ('certway order list --held')"
        }
    }
}
