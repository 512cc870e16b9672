// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import JSONDocuments

/// Why a person has, or has not, a certificate, and what happens next.
public struct PersonAnswer: Sendable {
    public struct Answer: Sendable {
        public let template: String
        public let sentences: [String]
    }

    public let person: DirectoryPerson
    /// One for each template.
    public let answers: [Answer]

    public var json: JSONValue {
        [
            "userPrincipalName": .string(person.userPrincipalName), "id": .string(person.id),
            "templates": .array(answers.map { ["template": .string($0.template), "why": JSONValue($0.sentences)] }),
        ]
    }
}
