// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments

extension APIOperation {
    /// From a word of a ticket to what it means.
    static let go = [
        APIOperation(
            "find", .get, "/go/{anything}", tag: "Search",
            "What a word means: nothing, one thing, or several to choose from", permission: nil,
            parameters: [
                .path(
                    "anything",
                    "serial number however written, fingerprint, reference or its beginning, id at the CA, address, object id, or the "
                        + "beginning of a name")
            ], answer: .json(.list(.foundThing))
        ) { call in
            let search = SearchAdministration(call.gateway.store, caller: call.caller)
            return .json(.array(try await search.find(call.path("anything")).map(\.json)))
        }
    ]
}

extension APISchema {
    static let foundThing = APISchema.named(
        "FoundThing",
        .answer(
            APIField("kind", .word(FoundThing.Kind.allCases.map(\.rawValue))), APIField("title", .string),
            APIField("path", .string, "where the console shows it")))
}
