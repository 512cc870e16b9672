// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One entry of the directory's change log, from which delta queries answer.
enum DirectoryChange: Sendable {
    case person(Int)
    case membership(group: String, member: GroupMember)
    /// Name or addresses of a group.
    case group(String)
    case contact(String)
}
