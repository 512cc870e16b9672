// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import YAMLDocuments

/// What a module made of its sections of a profile when it diagnosed them, for the connector that is made next:
/// compiling jq programs costs more than all the rest of a start.
///
/// Handed out once, so that every connector has interpreters of its own and none waits for the work of another.
public final class PreparedSections: Sendable {
    private struct Kept {
        let value: any Sendable
        /// The sections it was made of. Nodes are compared by identity; holding them keeps the identity theirs.
        let sections: [String: YAMLNode]
    }

    private let kept = Mutex<Kept?>(nil)

    init() {}

    /// Whether nothing is kept, or it has been handed out.
    public var isEmpty: Bool { kept.withLock { $0 == nil } }

    /// Keeps what was made of the sections of `profile`.
    public func keep(_ value: some Sendable, of profile: ConnectorProfile) {
        let new = Kept(value: value, sections: profile.sections)
        kept.withLock { $0 = new }
    }

    /// - Returns: what was kept, to whoever asks first; nil when nothing of this type was made of these very sections.
    public func take<Value: Sendable>(_ type: Value.Type, of profile: ConnectorProfile) -> Value? {
        kept.withLock { kept in
            guard let found = kept, let value = found.value as? Value,
                found.sections.count == profile.sections.count,
                found.sections.allSatisfy({ profile.sections[$0.key] === $0.value })
            else { return nil }
            kept = nil
            return value
        }
    }
}
