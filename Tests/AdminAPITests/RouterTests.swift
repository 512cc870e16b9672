// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AdminAPI

@Suite struct RouterTests {
    private func operation(_ id: String, _ method: APIMethod, _ path: String) -> APIOperation {
        APIOperation(id, method, path, tag: "t", "s", permission: nil, answer: .nothing) { _ in .nothing }
    }

    private func found(_ router: APIRouter, _ method: String, _ segments: [String]) -> String {
        switch router.match(method, segments) {
        case .operation(let operation, let values): "\(operation.id) \(values.sorted { $0.key < $1.key }.map(\.value))"
        case .otherMethod(let allowed): "405 \(allowed)"
        case .nothing: "404"
        }
    }

    @Test func fixedSegmentsGoFirst() {
        let router = APIRouter([
            operation("one", .get, "/plan/{id}"), operation("items", .get, "/plan/items"),
            operation("change", .post, "/plan/{number}"), operation("part", .get, "/plan/{id}/part"),
        ])
        #expect(found(router, "GET", ["plan", "items"]) == "items []")
        #expect(found(router, "GET", ["plan", "x"]) == #"one ["x"]"#)
        #expect(found(router, "HEAD", ["plan", "x"]) == #"one ["x"]"#)
        #expect(found(router, "POST", ["plan", "7"]) == #"change ["7"]"#)
        #expect(found(router, "GET", ["plan", "x", "part"]) == #"part ["x"]"#)
        #expect(found(router, "GET", ["plan"]) == "404")
        #expect(found(router, "DELETE", ["plan", "x"]) == #"405 ["GET", "HEAD", "OPTIONS", "POST"]"#)
    }

    @Test(arguments: [
        ("/a/b", ["a", "b"]), ("/a%2Fb/c", ["a/b", "c"]), ("/%C3%BC", ["ü"]), ("/", [""]), ("/a/", ["a", ""]),
        ("/a+b", ["a+b"]),
    ])
    func segmentsAreDecoded(_ path: String, _ segments: [String]) {
        #expect(APIRouter.segments(of: path[...]) == segments)
    }

    @Test(arguments: ["/%", "/%4", "/%GG", "/%+1", "/%FF", "/%00", "/%C3"])
    func whatIsNoTextIsRefused(_ path: String) { #expect(APIRouter.segments(of: path[...]) == nil) }

    /// No two operations can be meant by one request, and what a path names is declared.
    @Test func theTableIsSound() {
        let all = APIOperation.all
        #expect(Set(all.map(\.id)).count == all.count)
        var shapes: Set<String> = []
        for operation in all {
            let names = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                String($0.dropFirst().dropLast())
            }
            #expect(
                Set(names) == Set(operation.parameters.filter { $0.place == .path }.map(\.name)), "\(operation.id)")
            let shape = operation.path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : $0 }
            #expect(shapes.insert("\(operation.method) \(shape)").inserted, "\(operation.id)")
            #expect(Set(operation.parameters.map(\.name)).count == operation.parameters.count, "\(operation.id)")
            #expect(operation.method.isSafe ? operation.body == nil && operation.repeats == .safe : true)
            #expect(operation.isPublic ? operation.permission == nil : true)
        }
    }
}
