// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension APIOperation {
    /// What the API says of itself.
    static let about = [
        APIOperation(
            "getDocument", .get, "/openapi.json", tag: "About", "This document", permission: nil, isPublic: true,
            answer: .json(.answer(APIField("openapi", .string), APIField("paths", .map(.any))))
        ) { _ in .json(document) }
    ]

    private static let document = OpenAPIDocument(operations: all).json
}
