// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import HTTPServing
public import JSONDocuments

/// What an operation answers.
public struct APIAnswer: Sendable {
    enum Content: Sendable {
        case json(JSONValue)
        case bytes([UInt8], type: String)
        case stream(ServerStream)
        case file(ServerBody, type: String)
        case nothing
    }

    var status: Int
    var content: Content
    var headers: [(name: String, value: String)] = []
    /// The version of what is shown, without quotes; nil for what has none.
    var version: String?

    private init(_ status: Int, _ content: Content) { (self.status, self.content) = (status, content) }

    /// - Parameter version: changes whenever the object does; a change needs it in `If-Match`.
    public static func json(_ value: JSONValue, version: String? = nil) -> APIAnswer {
        var answer = APIAnswer(200, .json(value))
        answer.version = version
        return answer
    }

    /// - Parameter path: where it is from now on, below `/api/v1`; its segments escaped.
    public static func created(_ value: JSONValue, at path: String) -> APIAnswer {
        var answer = APIAnswer(201, .json(value))
        answer.headers.append(("Location", APIServer.base + path))
        return answer
    }

    /// Work that goes on; `/operations/{id}` tells how far it is.
    public static func accepted(_ operation: JSONValue, id: String) -> APIAnswer {
        var answer = APIAnswer(202, .json(operation))
        answer.headers.append(("Location", "\(APIServer.base)/operations/\(id)"))
        return answer
    }

    public static func bytes(_ bytes: [UInt8], type: String) -> APIAnswer { APIAnswer(200, .bytes(bytes, type: type)) }

    /// Events, until one side ends it.
    public static func stream(_ stream: ServerStream) -> APIAnswer { APIAnswer(200, .stream(stream)) }

    /// A file that is made while it is sent.
    ///
    /// - Parameters:
    ///   - name: under which a browser keeps it; ASCII letters, digits and `-_.` alone.
    ///   - make: gives its text piece by piece; what it throws breaks the answer off.
    public static func file(
        _ type: String, name: String, _ make: @escaping @Sendable (ServerBody) async throws -> Void
    ) -> APIAnswer {
        var answer = APIAnswer(200, .file(ServerBody(make), type: type))
        answer.headers.append(("Content-Disposition", "attachment; filename=\"\(name)\""))
        return answer
    }

    public static let nothing = APIAnswer(204, .nothing)

    var serverAnswer: ServerAnswer {
        var all = headers
        if let version { all.append(("ETag", "\"\(version)\"")) }
        switch content {
        case .json(let value):
            all.append(("Content-Type", "application/json"))
            return .response(status: status, headers: all, body: Array(value.text.utf8))
        case .bytes(let bytes, let type):
            all.append(("Content-Type", type))
            return .response(status: status, headers: all, body: bytes)
        case .file(let body, let type):
            all.append(("Content-Type", type.hasPrefix("text/") ? type + "; charset=utf-8" : type))
            return .body(status: status, headers: all, body: body)
        case .stream(let stream): return .events(stream, headers: all)
        case .nothing: return .response(status: status, headers: all)
        }
    }
}
