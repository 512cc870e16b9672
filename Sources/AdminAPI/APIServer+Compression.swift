// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import WebConsole

extension APIServer {
    /// A page of a list as gzip, for clients that take it: it is a sixth of the size, and on a slow line that is what one waits for.
    /// Lists alone: they hold no secret, so nobody learns one from the length (BREACH).
    static func compressed(_ answer: ServerAnswer, for call: APICall) -> ServerAnswer {
        guard case .list = call.operation.answer, call.operation.method.isSafe else { return answer }
        // Also where this one is sent as it is: a cache must not give it to whoever asks otherwise, nor the other way about.
        let answer = answer.varying(by: "Accept-Encoding")
        guard ConsoleFiles.takesGzip(call.request), case .response(let status, let headers, let body) = answer,
            body.count > 1400, let bytes = Gzip.compressed(body)
        else { return answer }
        return .response(status: status, headers: headers + [("Content-Encoding", "gzip")], body: bytes)
    }
}

extension ServerAnswer {
    /// The same, which depends on one more header of the request: one line names all of them.
    func varying(by header: String) -> ServerAnswer {
        guard case .response(let status, var headers, let body) = self else { return self }
        if let place = headers.firstIndex(where: { $0.name.lowercased() == "vary" }) {
            headers[place].value += ", \(header)"
        } else {
            headers.append(("Vary", header))
        }
        return .response(status: status, headers: headers, body: body)
    }
}
