// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

package import CJQ

// libjq counts references without atomics, so a jv never crosses a thread: values are copied in and out here.

extension JSONValue {
    /// Copies a borrowed jv.
    package init(copying value: jv) {
        switch jv_get_kind(value) {
        case JV_KIND_TRUE: self = .bool(true)
        case JV_KIND_FALSE: self = .bool(false)
        case JV_KIND_NUMBER:
            // Programs make numbers that JSON does not have; here they become what libjq prints for them.
            let number = jv_number_value(value)
            let bound = Double.greatestFiniteMagnitude
            self = number.isNaN ? .null : .number(min(max(number, -bound), bound))
        case JV_KIND_STRING: self = .string(Self.text(of: value))
        case JV_KIND_ARRAY:
            let count = jv_array_length(jv_copy(value))
            self = .array(
                (0..<count).map { index in
                    let element = jv_array_get(jv_copy(value), index)
                    defer { jv_free(element) }
                    return JSONValue(copying: element)
                })
        case JV_KIND_OBJECT:
            var members = [String: JSONValue](minimumCapacity: Int(jv_object_length(jv_copy(value))))
            var iterator = jv_object_iter(value)
            while jv_object_iter_valid(value, iterator) != 0 {
                let key = jv_object_iter_key(value, iterator)
                let member = jv_object_iter_value(value, iterator)
                members[Self.text(of: key)] = JSONValue(copying: member)
                jv_free(key)
                jv_free(member)
                iterator = jv_object_iter_next(value, iterator)
            }
            self = .object(members)
        default: self = .null
        }
    }

    /// A jv the caller owns.
    ///
    /// - Parameter names: the members of an object that it gets, in this order; nil for all.
    package func makeJV(only names: [String]?) -> jv {
        guard let names, case .object(let members) = self else { return makeJV() }
        return names.reduce(jv_object()) { result, name in
            members[name].map { jv_object_set(result, Self.makeJVString(name), $0.makeJV()) } ?? result
        }
    }

    /// A jv the caller owns.
    package func makeJV() -> jv {
        switch self {
        case .null: return jv_null()
        case .bool(let flag): return flag ? jv_true() : jv_false()
        case .number(let number): return jv_number(number)
        case .string(let text): return Self.makeJVString(text)
        case .array(let elements):
            var result = jv_array_sized(Int32(elements.count))
            for element in elements { result = jv_array_append(result, element.makeJV()) }
            return result
        case .object(let members):
            var result = jv_object()
            // A program that runs through an object must see the same order each time.
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                result = jv_object_set(result, Self.makeJVString(key), member.makeJV())
            }
            return result
        }
    }

    /// The text of a borrowed jv of kind string; it may hold NUL.
    private static func text(of value: jv) -> String {
        let length = Int(jv_string_length_bytes(jv_copy(value)))
        return String(
            decoding: UnsafeRawBufferPointer(start: jv_string_value(value), count: length), as: UTF8.self)
    }

    private static func makeJVString(_ text: String) -> jv {
        var text = text
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { jv_string_sized($0.baseAddress, Int32($0.count)) }
        }
    }
}
