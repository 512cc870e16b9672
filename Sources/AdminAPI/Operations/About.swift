// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

extension APIOperation {
    /// What the API says of itself.
    static let about = [
        APIOperation(
            "getDocument", .get, "/openapi.json", tag: "About", "This document", permission: nil, isPublic: true,
            answer: .json(.answer(APIField("openapi", .string), APIField("paths", .map(.any))))
        ) { call in call.text("fields") == nil ? .whole : .json(document) }
    ]

    fileprivate static let document = OpenAPIDocument(operations: all).json
}

extension APIAnswer {
    /// The document as it is sent to everybody: it is large, and anybody may ask for it again and again.
    fileprivate static let whole: APIAnswer = {
        let text = Array(APIOperation.document.text.utf8)
        var answer = APIAnswer.bytes(text, type: "application/json")
        answer.version = DigestAlgorithm.sha256.digest(text).prefix(8).hex
        return answer
    }()
}
