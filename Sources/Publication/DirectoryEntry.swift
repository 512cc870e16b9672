// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a directory holds of somebody.
public struct DirectoryEntry: Sendable, Hashable {
    /// By which it is found again when the person is another one's by then, or has another address; nil where entries belong to people by
    /// their object ids.
    public let name: String?
    /// Every certificate, ours or not, each as DER.
    public let values: [[UInt8]]

    public init(name: String? = nil, values: [[UInt8]]) { (self.name, self.values) = (name, values) }
}
