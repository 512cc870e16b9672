// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CYAML
internal import JSONDocuments

/// Feeds libyaml's emitter.
///
/// The emitter's calls fail only when memory ends, where Swift stops anyway, so their status is not looked at.
final class YAMLEmitter {
    private var output: [UInt8] = []
    private let rank: [String: Int]
    // libyaml's emitter points into itself, so it needs an address of its own; freed in deinit.
    private let emitter = UnsafeMutablePointer<yaml_emitter_t>.allocate(capacity: 1)

    init(rank: [String: Int]) {
        self.rank = rank
        yaml_emitter_initialize(emitter)
        yaml_emitter_set_unicode(emitter, 1)
        yaml_emitter_set_indent(emitter, 2)
        yaml_emitter_set_width(emitter, -1)
        yaml_emitter_set_output(
            emitter,
            { context, bytes, count in
                // `emitDocument` passed self and is still running.
                let owner = Unmanaged<YAMLEmitter>.fromOpaque(context!).takeUnretainedValue()
                owner.output.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
                return 1
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        yaml_emitter_delete(emitter)
        emitter.deallocate()
    }

    var text: String { String(decoding: output, as: UTF8.self) }

    func emitDocument(_ value: JSONValue) {
        emit { yaml_stream_start_event_initialize(&$0, YAML_UTF8_ENCODING) }
        emit { yaml_document_start_event_initialize(&$0, nil, nil, nil, 1) }
        emit(value)
        emit { yaml_document_end_event_initialize(&$0, 1) }
        emit { yaml_stream_end_event_initialize(&$0) }
        yaml_emitter_flush(emitter)
    }

    private func emit(_ value: JSONValue) {
        switch value {
        case .array(let elements):
            let style = elements.isEmpty ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE
            emit { yaml_sequence_start_event_initialize(&$0, nil, nil, 1, style) }
            for element in elements { emit(element) }
            emit { yaml_sequence_end_event_initialize(&$0) }
        case .object(let members):
            let style = members.isEmpty ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE
            emit { yaml_mapping_start_event_initialize(&$0, nil, nil, 1, style) }
            for (key, member) in members.sorted(by: comesBefore) {
                emit(.string(key))
                emit(member)
            }
            emit { yaml_mapping_end_event_initialize(&$0) }
        case .string(let text): emitScalar(text, style: style(of: text))
        case .null: emitScalar("null", style: YAML_PLAIN_SCALAR_STYLE)
        case .bool, .number: emitScalar(value.text, style: YAML_PLAIN_SCALAR_STYLE)
        }
    }

    private func comesBefore(_ left: (key: String, value: JSONValue), _ right: (key: String, value: JSONValue)) -> Bool
    {
        (rank[left.key] ?? .max, left.key) < (rank[right.key] ?? .max, right.key)
    }

    private func style(of text: String) -> yaml_scalar_style_t {
        if text.contains("\n"), let first = text.first, first != " ", first != "\n" { return YAML_LITERAL_SCALAR_STYLE }
        // Words and digits that YAML 1.1 reads as something else than text, although 1.2 does not.
        let isAmbiguous =
            CoreSchema.resolve(text).string == nil || text.first?.isNumber == true
            || ["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(text.lowercased())
        return isAmbiguous ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_ANY_SCALAR_STYLE
    }

    private func emitScalar(_ text: String, style: yaml_scalar_style_t) {
        let bytes = Array(text.utf8)
        bytes.withUnsafeBufferPointer { buffer in
            // An empty array may have no address, and libyaml wants one.
            var none: UInt8 = 0
            withUnsafePointer(to: &none) { fallback in
                _ = emit {
                    yaml_scalar_event_initialize(
                        &$0, nil, nil, buffer.baseAddress ?? fallback, Int32(buffer.count), 1, 1, style)
                }
            }
        }
    }

    @discardableResult
    private func emit(_ make: (inout yaml_event_t) -> Int32) -> Bool {
        var event = yaml_event_t()
        // The emitter takes the event over.
        return make(&event) != 0 && yaml_emitter_emit(emitter, &event) != 0
    }
}
