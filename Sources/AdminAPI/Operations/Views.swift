// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Ledger

extension APIOperation {
    private static let id = APIParameter.number("id", "number of the view")

    /// Views that people keep, and share.
    static let views = [
        APIOperation(
            "listViews", .get, "/views", tag: "Views", "One's own views, and those that others share", permission: nil,
            answer: .list(of: .savedView)
        ) { call in
            try call.whole(try await call.views.list().map(call.views.json))
        },
        APIOperation(
            "addView", .post, "/views", tag: "Views", "Keep a view", permission: nil,
            body: .body(
                APIField("name", .text(length: 1...100)),
                APIField("address", .text(length: 1...2000), "path and query of the console"),
                APIField("shared", .boolean, optional: true), APIField("startPage", .boolean, optional: true)),
            answer: .created(.savedView)
        ) { call in
            let body = call.body
            let made = try await call.views.add(
                name: body?["name"]?.string ?? "", address: body?["address"]?.string ?? "",
                isShared: body?["shared"]?.bool ?? false, isStartPage: body?["startPage"]?.bool ?? false,
                isDryRun: call.isDryRun)
            guard !call.isDryRun else { return .json(call.views.json(made)) }
            return .created(call.views.json(made), at: "/views/\(made.id)")
        },
        APIOperation(
            "changeView", .patch, "/views/{id}", tag: "Views", "Rename, share or move one's own view", permission: nil,
            parameters: [id],
            body: .body(
                APIField("name", .text(length: 1...100), optional: true),
                APIField("address", .text(length: 1...2000), optional: true),
                APIField("shared", .boolean, optional: true), APIField("startPage", .boolean, optional: true)),
            answer: .json(.savedView)
        ) { call in
            let view = try await call.views.change(
                call.pathNumber("id"), name: call.body?["name"]?.string, address: call.body?["address"]?.string,
                isShared: call.body?["shared"]?.bool, isStartPage: call.body?["startPage"]?.bool,
                isDryRun: call.isDryRun)
            return .json(call.views.json(view))
        },
        APIOperation(
            "deleteView", .delete, "/views/{id}", tag: "Views", "Delete one's own view", permission: nil,
            parameters: [id], answer: .nothing
        ) { call in
            try await call.views.delete(call.pathNumber("id"), isDryRun: call.isDryRun)
            return .nothing
        },
    ]
}

extension APICall {
    fileprivate var views: ViewAdministration { ViewAdministration(gateway.ledger, caller: caller) }
}

extension APISchema {
    static let savedView = APISchema.named(
        "SavedView",
        .answer(
            APIField("id", .count), APIField("name", .string), APIField("address", .string),
            APIField("owner", .string), APIField("own", .boolean), APIField("shared", .boolean),
            APIField("startPage", .boolean)))
}
