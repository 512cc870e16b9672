// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CYAML

/// What matters of one libyaml event, copied so that libyaml's memory can go at once.
struct YAMLEvent {
    let kind: yaml_event_type_t
    let line: Int
    let column: Int
    let text: String
    let isPlain: Bool
    let tag: String?
    let hasAnchor: Bool

    init(_ event: yaml_event_t) {
        kind = event.type
        line = Int(event.start_mark.line) + 1
        column = Int(event.start_mark.column) + 1
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            (tag, hasAnchor) = (Self.copy(scalar.tag), scalar.anchor != nil)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            (text, isPlain, tag, hasAnchor) = ("", false, Self.copy(start.tag), start.anchor != nil)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            (text, isPlain, tag, hasAnchor) = ("", false, Self.copy(start.tag), start.anchor != nil)
        default: (text, isPlain, tag, hasAnchor) = ("", false, nil, false)
        }
    }

    private static func copy(_ text: UnsafePointer<yaml_char_t>?) -> String? { text.map { String(cString: $0) } }
}
