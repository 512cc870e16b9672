// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import WebConsole

extension APIServer {
    /// A page of a list as gzip, for clients that take it: it is a sixth of the size, and on a slow line that is what one waits for.
    /// Lists alone: they hold no secret, so nobody learns one from the length (BREACH).
    static func compressed(_ answer: ServerAnswer, for call: APICall) -> ServerAnswer {
        guard case .list = call.operation.answer, call.operation.method.isSafe, ConsoleFiles.takesGzip(call.request),
            case .response(let status, let headers, let body) = answer, body.count > 1400,
            let bytes = Gzip.compressed(body)
        else { return answer }
        return .response(
            status: status, headers: headers + [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")], body: bytes)
    }
}
