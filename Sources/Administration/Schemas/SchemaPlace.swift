// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

/// One place of a document, with those below it.
final class SchemaPlace {
    var key: ProfileKey?
    /// The groups of keys of which the mapping needs one.
    var choices: [[String]] = []
    private(set) var members: [String: SchemaPlace] = [:]
    /// What holds for keys that the author chooses.
    private(set) var any: SchemaPlace?
    /// What holds for each element of a list.
    private(set) var element: SchemaPlace?

    /// - Parameter path: as in `ProfileKey`; places on the way are made.
    func place(at path: String) -> SchemaPlace {
        path.split(separator: ".").reduce(self) { place, part in
            let name = part.hasSuffix("[]") ? String(part.dropLast(2)) : String(part)
            let next = name == "*" ? place.wildcard() : place.member(name)
            return part.hasSuffix("[]") ? next.listElement() : next
        }
    }

    /// This place, and what it leaves open as another has it.
    func merged(with other: SchemaPlace) -> SchemaPlace {
        let merged = SchemaPlace()
        merged.key = key ?? other.key
        merged.choices = choices + other.choices
        merged.any = any ?? other.any
        merged.element = element ?? other.element
        merged.members = members.merging(other.members) { $0.merged(with: $1) }
        return merged
    }

    private func member(_ name: String) -> SchemaPlace {
        let member = members[name] ?? SchemaPlace()
        members[name] = member
        return member
    }

    private func wildcard() -> SchemaPlace {
        let place = any ?? SchemaPlace()
        any = place
        return place
    }

    private func listElement() -> SchemaPlace {
        let place = element ?? SchemaPlace()
        element = place
        return place
    }
}
