// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments
import YAMLDocuments

/// Holds a request to what its operation takes.
struct CallReader {
    let operation: APIOperation
    let request: ServerRequest

    /// - Throws: `APIProblem` 404 for a segment that can name nothing.
    func path(_ values: [String: String]) throws(APIProblem) -> [String: String] {
        for parameter in operation.parameters where parameter.place == .path {
            let value = values[parameter.name] ?? ""
            let faults = parameter.schema.faults(Self.json(value, parameter.schema) ?? .string(value))
            guard faults.isEmpty else {
                throw .notFound("\(parameter.name): \(faults[0].detail)")
            }
        }
        return values
    }

    /// All query items by name.
    ///
    /// - Throws: `APIProblem` 400 with everything that is wrong, and the nearest name that is known.
    func query() throws(APIProblem) -> [String: [String]] {
        let known = operation.parameters.filter { $0.place == .query }
        var faults: [APIFault] = []
        var values: [String: [String]] = [:]
        for (name, value) in request.query {
            guard !value.contains("\0") else {
                faults.append(APIFault(String(name.prefix(60)), Self.null))
                continue
            }
            guard let parameter = known.first(where: { $0.name == name }) else {
                let names = known.map(\.name)
                let hint = names.isEmpty ? "it takes none" : suggestion(for: name, in: names)
                faults.append(APIFault(String(name.prefix(60)), "is not known here; \(hint)"))
                continue
            }
            faults += self.faults(value, parameter)
            values[name, default: []].append(value)
        }
        for parameter in known where !parameter.repeats && (values[parameter.name]?.count ?? 0) > 1 {
            faults.append(APIFault(parameter.name, "is given several times, and may be given once"))
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        return values
    }

    private static let null = "holds the character U+0000, which no text here has"

    /// Every text of a body, names of members too: databases and files end at that character, or refuse it.
    private static func nulls(_ value: JSONValue, at pointer: String) -> [APIFault] {
        switch value {
        case .string(let text): text.contains("\0") ? [APIFault(pointer, null)] : []
        case .array(let elements): elements.enumerated().flatMap { nulls($1, at: "\(pointer)/\($0)") }
        case .object(let members):
            members.flatMap { name, value in
                name.contains("\0") ? [APIFault(pointer, null)] : nulls(value, at: "\(pointer)/\(name)")
            }
        default: []
        }
    }

    private func faults(_ value: String, _ parameter: APIParameter) -> [APIFault] {
        guard let json = Self.json(value, parameter.schema) else {
            return parameter.schema.faults(.string(value), at: parameter.name)
        }
        return parameter.schema.faults(json, at: parameter.name)
    }

    /// What a text in an address stands for; nil when it is not of that kind.
    private static func json(_ text: String, _ schema: APISchema) -> JSONValue? {
        switch schema {
        case .boolean: text == "true" ? true : text == "false" ? false : nil
        case .integer: Int(text).flatMap { "\($0)" == text ? JSONValue($0) : nil }
        case .nullable(let inner), .named(_, let inner): json(text, inner)
        default: .string(text)
        }
    }

    /// The body, nil for an operation that has none.
    ///
    /// - Throws: `APIProblem` 415 for another type, 400 for what is no JSON, 422 with everything that does not fit.
    func body() throws(APIProblem) -> JSONValue? {
        guard let schema = operation.body else { return nil }
        let type = request.header("Content-Type")?.split(separator: ";").first?.lowercased()
        guard type?.trimmingPrefix(while: \.isWhitespace).description == operation.bodyType else {
            throw APIProblem(
                415, .mediaType, "The body is of another type than is expected.",
                "found \(type.map { "\"\($0.prefix(60))\"" } ?? "no Content-Type"), expected \(operation.bodyType)",
                nextStep: "Send the body as \(operation.bodyType).", headers: ["Accept": operation.bodyType])
        }
        guard let text = String(validating: request.body, as: UTF8.self) else {
            throw .invalid([APIFault("", "the body is not UTF-8 text")])
        }
        guard operation.bodyType == "application/json" else {
            guard !text.contains("\0") else { throw .invalid([APIFault("", Self.null)]) }
            return .string(text)
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: request.body)
        } catch {
            throw .invalid([APIFault("", "the body is no JSON text: \(error.message.prefix(200))")])
        }
        if let name = JSONValue.repeatedName(in: request.body) {
            throw .invalid([
                APIFault("", "the member \"\(name.prefix(60))\" stands twice in one object; which of them counts?")
            ])
        }
        let faults = Self.nulls(value, at: "") + schema.faults(value)
        guard faults.isEmpty else { throw .invalid(faults, 422) }
        return value
    }
}
