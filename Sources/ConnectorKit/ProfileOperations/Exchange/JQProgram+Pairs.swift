// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Expressions
public import JSONDocuments

extension JQProgram {
    /// The members of the object it gives, as pairs for a query or a form: null left out, lists repeated, in the order of
    /// the names.
    ///
    /// - Throws: `ExpressionError`, or `RequestError` where it gives something else.
    public func pairs(_ input: JSONValue) throws -> [(String, String)] {
        guard let members = try evaluate(input).object else {
            throw RequestError(message: "\(keyPath): expected an object of names and values")
        }
        return try members.sorted { $0.key < $1.key }.flatMap { name, value in
            try (value.array ?? [value]).filter { !$0.isNull }.map { value in
                switch value {
                case .string(let text): (name, text)
                case .number, .bool: (name, value.text)
                default: throw RequestError(message: "\(keyPath): \(name) is \(value.kindName)")
                }
            }
        }
    }
}
