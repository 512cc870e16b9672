// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing

@testable import AdminAPI

@Suite struct DocumentTests {
    private let document = OpenAPIDocument(operations: APIOperation.all).json

    /// Every reference leads somewhere.
    @Test func everyReferenceIsThere() {
        var references: Set<String> = []
        func collect(_ value: JSONValue) {
            if let reference = value["$ref"]?.string { references.insert(reference) }
            for part in value.object?.values.map({ $0 }) ?? value.array ?? [] { collect(part) }
        }
        collect(document)
        #expect(references.count > 10)
        for reference in references {
            let found = reference.split(separator: "/").dropFirst().reduce(document as JSONValue?) { $0?[String($1)] }
            #expect(found != nil, "\(reference)")
        }
    }

    @Test func everyOperationIsThere() {
        for operation in APIOperation.all {
            let item = document["paths"]?[operation.path]?[operation.method.rawValue.lowercased()]
            #expect(item?["operationId"]?.string == operation.id)
            #expect(item?["security"]?.array?.isEmpty == operation.isPublic)
            #expect(item?["responses"]?["\(operation.answer.status)"] != nil)
        }
    }

    /// A form that cannot be compiled would let nothing pass.
    @Test func everyFormCanBeUsed() throws {
        func check(_ schema: APISchema) throws {
            switch schema {
            case .matching(let pattern, _): _ = try Regex(pattern)
            case .words(let words):
                let isPlain = words.joined().utf8.allSatisfy { (0x30...0x7A).contains($0) }
                #expect(isPlain, "\(words)")
            case .list(let inner, _), .map(let inner), .named(_, let inner), .nullable(let inner): try check(inner)
            case .object(let fields, _): for field in fields { try check(field.schema) }
            case .oneOf(let schemas): for inner in schemas { try check(inner) }
            case .any, .boolean, .integer, .number, .text, .formatted, .word: break
            }
        }
        for operation in APIOperation.all {
            for parameter in operation.parameters { try check(parameter.schema) }
            if let body = operation.body { try check(body) }
        }
    }
}
