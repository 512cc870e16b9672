// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// Whether text and values together take more than about so many bytes. Looks no further once that is sure.
    package func isLarger(than bytes: Int) -> Bool {
        var room = bytes
        take(from: &room)
        return room < 0
    }

    private func take(from room: inout Int) {
        room -= 16
        switch self {
        case .string(let text): room -= text.utf8.count
        case .array(let elements): for element in elements where room >= 0 { element.take(from: &room) }
        case .object(let members):
            for (key, member) in members where room >= 0 {
                room -= key.utf8.count
                member.take(from: &room)
            }
        default: break
        }
    }
}
