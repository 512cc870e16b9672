// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Something that can be in a group.
enum GroupMember: Hashable, Sendable {
    /// A person by number, see `DirectoryState`.
    case person(Int)
    /// A group by id.
    case group(String)
    case device(String)
    case contact(String)

    /// The OData type without `#microsoft.graph.`.
    var type: String {
        switch self {
        case .person: "user"
        case .group: "group"
        case .device: "device"
        case .contact: "orgContact"
        }
    }
}
