// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What differs between two marks of `BackendCA.secretsMark`: that of an order and that of its backend CA now.
public enum SignInDifference: Sendable {
    /// The names with which it signs in, such as a user name: so it is somebody else.
    case names
    /// The secrets alone: renewed, or another account's.
    case secrets

    /// - Parameter former: nil for an order that left without secrets or names, or by a version that marked none: nothing is known
    ///   of it, so nothing differs. A mark of a version that did not look at names is compared by its secrets.
    /// - Returns: nil where nothing differs.
    public init?(_ former: String?, _ now: String?) {
        guard let former else { return nil }
        let (old, new) = (Self.parts(former), Self.parts(now ?? ""))
        if let names = old.names, let others = new.names, names != others {
            self = .names
        } else if old.secrets != new.secrets {
            self = .secrets
        } else {
            return nil
        }
    }

    /// Between the marks of secrets and names in one text.
    static let separator: Character = "-"

    private static func parts(_ mark: String) -> (secrets: Substring, names: Substring?) {
        let parts = mark.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
        return (parts.first ?? "", parts.count > 1 ? parts[1] : nil)
    }
}
