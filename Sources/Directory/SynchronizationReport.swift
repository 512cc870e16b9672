// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What one synchronization of an enrollment group found.
public struct SynchronizationReport: Sendable, Hashable {
    public enum Mode: String, Sendable {
        /// All members were listed and compared with what we knew.
        case full
        /// Only what changed since the last pass was asked for.
        case delta
    }

    public var mode: Mode
    /// Name of the group at the last full pass, for people.
    public var groupName: String?
    public var joined = 0
    public var left = 0
    /// Present members of whom a watched attribute changed.
    public var changed = 0
    /// Present members after the pass.
    public var total = 0
    /// Pages fetched from Graph.
    public var pages = 0
    /// Groups of the tree, the enrollment group included.
    public var groups = 0

    public init(mode: Mode) { self.mode = mode }
}
