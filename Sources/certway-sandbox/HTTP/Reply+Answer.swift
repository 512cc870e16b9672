// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments

extension Reply {
    /// The reply as bytes; with a generator its JSON objects are disguised as `JSONDisguise` describes.
    func answer(disguise generator: SeededGenerator? = nil) -> ServerAnswer {
        let (headers, bytes) = encoded(generator)
        return .response(status: status, headers: headers, body: bytes)
    }

    /// Half of the reply; a short one breaks off too.
    func truncated() -> ServerAnswer {
        let (headers, bytes) = encoded(nil)
        guard !bytes.isEmpty else { return .cutConnection }
        return .truncated(status: status, headers: headers, body: bytes, sent: bytes.count / 2)
    }

    /// The reply was made; what arrives is no HTTP.
    func garbled(_ form: GarbledAnswer) -> ServerAnswer {
        .raw(form.bytes(status: status, body: encoded(nil).1))
    }

    private func encoded(_ generator: SeededGenerator?) -> ([(name: String, value: String)], [UInt8]) {
        switch body {
        case .empty: return (headers, [])
        case .bytes(let bytes): return (headers, bytes)
        case .json(let value):
            let hasType = headers.contains { $0.name == "Content-Type" }
            let text: String
            if var generator {
                text = JSONDisguise.text(of: value, &generator)
            } else {
                text = value.text
            }
            return (
                hasType ? headers : headers + [("Content-Type", "application/json")],
                Array(WideNumber.unquoting(text).utf8)
            )
        }
    }
}
