// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

extension ConfigurationStore {
    /// One value that `apply` changes.
    public struct Difference: Sendable, Hashable {
        /// Below its section, or below its named part of it; parts of a list stand by their name where they have one, else by
        /// their place.
        public let keyPath: String
        /// Nil for a value that is added.
        public let old: JSONValue?
        /// Nil for a value that goes.
        public let new: JSONValue?

        /// Every value in which two documents differ, in the order of the key paths.
        static func all(_ old: JSONValue?, _ new: JSONValue?) -> [Difference] {
            let (before, after) = (values(old, at: ""), values(new, at: ""))
            return Set(before.keys).union(after.keys).sorted().compactMap { path in
                before[path] == after[path] ? nil : Difference(keyPath: path, old: before[path], new: after[path])
            }
        }

        /// What has nothing below it, by key path; a list of such values is one.
        private static func values(_ value: JSONValue?, at path: String) -> [String: JSONValue] {
            var parts: [(String, JSONValue)] = []
            switch value {
            case nil: return [:]
            case .object(let members) where !members.isEmpty:
                parts = members.map { (path.isEmpty ? $0.key : "\(path).\($0.key)", $0.value) }
            case .array(let elements) where elements.contains { $0.object != nil || $0.array != nil }:
                parts = elements.enumerated().map { ("\(path)[\($1["name"]?.string ?? "\($0)")]", $1) }
            case .some(let leaf): return [path: leaf]
            }
            return parts.reduce(into: [:]) { all, part in all.merge(values(part.1, at: part.0)) { $1 } }
        }
    }
}
