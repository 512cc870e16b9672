// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The configuration has changed since whoever wants to change it has looked; look again and decide anew.
public struct OtherRevision: Error, Sendable, Hashable, CustomStringConvertible {
    /// The one that is stored.
    public let present: Int64

    public var description: String { "the configuration was changed by somebody else: it has revision \(present) now" }
}
