// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Finds the operation that an address means.
struct APIRouter: Sendable {
    enum Match: Sendable {
        case operation(APIOperation, [String: String])
        /// There is something, for other methods.
        case otherMethod(allowed: [String])
        case nothing
    }

    private struct Route: Sendable {
        let segments: [Substring]
        var operations: [APIOperation]
    }

    private let routes: [Route]

    init(_ operations: [APIOperation]) {
        var routes: [String: Route] = [:]
        for operation in operations {
            let segments = operation.path.split(separator: "/")
            // Which name a variable segment has makes no other route.
            let shape = segments.map { $0.hasPrefix("{") ? "{}" : $0 }.joined(separator: "/")
            routes[shape, default: Route(segments: segments, operations: [])].operations.append(operation)
        }
        // Fixed segments go before those that vary: "items" is not the name of a plan.
        self.routes = routes.sorted { $0.key > $1.key && !$0.key.isEmpty }.map(\.value).sorted {
            $0.segments.count { $0.hasPrefix("{") } < $1.segments.count { $0.hasPrefix("{") }
        }
    }

    /// - Parameter segments: of the path below `/api/v1`, decoded.
    func match(_ method: String, _ segments: [String]) -> Match {
        for route in routes where route.segments.count == segments.count {
            guard zip(route.segments, segments).allSatisfy({ $0.hasPrefix("{") || $0 == $1 }) else { continue }
            let found = method == "HEAD" ? "GET" : method
            guard let operation = route.operations.first(where: { $0.method.rawValue == found }) else {
                var allowed = route.operations.map(\.method.rawValue)
                if allowed.contains("GET") { allowed.append("HEAD") }
                return .otherMethod(allowed: (allowed + ["OPTIONS"]).sorted())
            }
            var values: [String: String] = [:]
            for (name, value) in zip(operation.path.split(separator: "/"), segments) where name.hasPrefix("{") {
                values[String(name.dropFirst().dropLast())] = value
            }
            return .operation(operation, values)
        }
        return .nothing
    }

    /// The segments of an address as it came; nil when its escapes are none.
    static func segments(of path: Substring) -> [String]? {
        var segments: [String] = []
        for segment in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let decoded = decoded(segment) else { return nil }
            segments.append(decoded)
        }
        return segments
    }

    /// Percent escapes, of UTF-8 text.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
                let value = UInt8(digits, radix: 16), value != 0
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
