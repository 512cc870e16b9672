// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The content of a message as its contract names it: values in the order of the schema.
struct SOAPRecord: Sendable {
    enum Value: Sendable {
        case text(String)
        case bytes([UInt8])
        case record(SOAPRecord)
    }

    var values: [(name: String, value: Value)]

    init(_ values: [(name: String, value: Value)] = []) { self.values = values }

    /// Adds a value that is there.
    func adding(_ name: String, _ value: Value?) -> SOAPRecord {
        value.map { SOAPRecord(values + [(name, $0)]) } ?? self
    }

    func adding(_ name: String, _ text: String?) -> SOAPRecord { adding(name, text.map { .text($0) }) }

    func adding(_ name: String, _ number: Int?) -> SOAPRecord { adding(name, number.map { String($0) }) }

    func adding(_ name: String, _ flag: Bool) -> SOAPRecord { adding(name, flag ? "true" : "false") }

    func adding(_ name: String, _ date: Date?) -> SOAPRecord { adding(name, date.map { Timestamp.utc($0) }) }

    func adding(_ name: String, all values: [Value]) -> SOAPRecord {
        SOAPRecord(self.values + values.map { (name, $0) })
    }

    func all(_ name: String) -> [Value] { values.filter { $0.name == name }.map(\.value) }

    func texts(_ name: String) -> [String] {
        all(name).compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    func text(_ name: String) -> String? { texts(name).first }

    func int(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

    func flag(_ name: String) -> Bool? { text(name).map { $0 == "true" || $0 == "1" } }

    func bytes(_ name: String) -> [UInt8]? {
        all(name).lazy.compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } }.first
    }

    func record(_ name: String) -> SOAPRecord? {
        all(name).lazy.compactMap { if case .record(let record) = $0 { record } else { nil } }.first
    }
}
