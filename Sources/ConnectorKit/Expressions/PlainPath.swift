// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import JSONDocuments

/// A program that is nothing but a path, such as `.order.caRequestID`. It needs no jq, to which the whole input would be copied
/// for one member.
struct PlainPath {
    private let names: [String]

    /// - Returns: nil for any other program.
    init?(_ source: String) {
        guard source.wholeMatch(of: #/\s*(\.[A-Za-z_][A-Za-z0-9_]*)+\s*/#) != nil else { return nil }
        names = source.split { $0 == "." || $0.isWhitespace }.map(String.init)
    }

    /// What jq would give; nil where jq has to say why it gives nothing, or that it is too much.
    func value(in input: JSONValue) -> JSONValue? {
        var value = input
        for name in names {
            switch value {
            case .null: return .null
            case .object(let members): value = members[name] ?? .null
            default: return nil
            }
        }
        switch value {
        case .array, .object: return nil
        case .string(let text) where text.utf8.count > 1 << 16: return nil
        default: return value
        }
    }
}
