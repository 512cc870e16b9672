// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Members of a group as Graph lists them, each with its type.
enum MemberJSON {
    static func value(
        _ member: GroupMember, _ state: DirectoryState, select: [String], showsProperties: Bool, isTyped: Bool
    ) -> JSONValue {
        var value: JSONValue
        switch member {
        case .person(let number):
            let person = state.person(number)
            value = UserJSON.value(person, select: select, showsProperties: showsProperties)
        case .group(let id): value = ["id": .string(id), "displayName": JSONValue(state.groups[id]?.displayName)]
        case .device(let id): value = ["id": .string(id), "displayName": "PC-\(id.prefix(4))"]
        case .contact(let id): value = ["id": .string(id), "mail": "contact@partner.example"]
        }
        if isTyped { value["@odata.type"] = .string("#microsoft.graph.\(member.type)") }
        return value
    }

    /// What a delta of a group says of a member.
    static func reference(_ member: GroupMember, _ state: DirectoryState, isPresent: Bool) -> JSONValue {
        let id =
            switch member {
            case .person(let number): state.person(number).id
            case .group(let id), .device(let id), .contact(let id): id
            }
        var value: JSONValue = ["@odata.type": .string("#microsoft.graph.\(member.type)"), "id": .string(id)]
        // The word says that the link is gone, not the member (wire/graph-directory.md section 4).
        if !isPresent { value["@removed"] = ["reason": "deleted"] }
        return value
    }
}
