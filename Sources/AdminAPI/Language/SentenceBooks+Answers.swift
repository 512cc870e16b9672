// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments
import Sentences

extension SentenceBooks {
    /// The language for whoever opens a page that stands by itself: what was chosen in the console comes first.
    func reader(ofPage request: ServerRequest) -> Reader {
        let chosen = SessionCookie.value("certway-language", of: request) ?? ""
        return reader("\(chosen.prefix(5)),\(request.header("Accept-Language") ?? "")")
    }
}

extension SentenceBooks.Reader {
    var headers: [(name: String, value: String)] {
        [("Content-Language", language), ("Vary", "Accept-Language")]
    }

    /// An answer with its sentences in the reader's language; names, ids and words for programs stay.
    func said(_ value: JSONValue) -> JSONValue { isEnglish ? value : said(value, isSentence: false) }

    private func said(_ value: JSONValue, isSentence: Bool) -> JSONValue {
        switch value {
        case .string(let text): isSentence ? .string(said(text)) : value
        case .array(let elements): .array(elements.map { said($0, isSentence: isSentence) })
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, member in
                        (
                            name,
                            Self.typed.contains(name)
                                ? member : said(member, isSentence: Self.members.contains(name))
                        )
                    }))
        case .null, .bool, .number: value
        }
    }

    /// What people have typed and get back to change it, in the language in which they have: said in another one it would be kept so.
    private static let typed: Set<String> = ["texts"]

    /// The members of answers that hold sentences. By name, so that they count wherever they stand: below members of any form, and
    /// in operations that are yet to come.
    static let members: Set<String> = [
        "because", "boundBy", "byItself", "cause", "concern", "detail", "finding", "follows", "help", "hint",
        "holdReason",
        "instead", "lastFailure", "pause", "meaning", "message", "nextStep", "notes", "obstacle", "origin",
        "overLimits", "plans",
        "problem",
        "gaps", "problems", "reason", "remarks", "remedy", "said", "sentence", "standstill", "text", "title",
        "waiting", "waitsFor", "warnings",
        "whoActs", "why", "objections",
    ]
}
