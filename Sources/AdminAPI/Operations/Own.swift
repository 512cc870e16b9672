// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments

extension APIOperation {
    /// One's own certificates.
    static let own = [
        APIOperation(
            "listOwnCertificates", .get, "/my/certificates", tag: "My", "My certificates", permission: .readOwn,
            answer: .list(of: .ownCertificate)
        ) { call in
            let own = OwnCertificates(call.gateway, call.caller)
            let page = try await own.list(try call.listRequest())
            let uses = try await own.uses(of: page.items)
            let actions = try await own.actions(of: page.items)
            return try call.page(page) { record in
                var value = record.json
                value["purposes"] = JSONValue((uses[record.id] ?? []).map(\.rawValue))
                value["actions"] = (actions[record.id] ?? []).json
                return value
            }
        },
        APIOperation(
            "revokeOwnCertificates", .post, "/my/revocations", tag: "My",
            "Have certificates of mine revoked, such as those on a device that is lost", permission: .revokeOwn,
            body: .body(
                APIField("numbers", .list(.count, count: 1...1000), "of certificates"), .revocationReason, .because),
            answer: .json(.outcomes), repeats: .keyRequired
        ) { call in
            let numbers = (call.body?["numbers"]?.array ?? []).compactMap(\.int).map(Int64.init)
            return .json(
                try await OwnCertificates(call.gateway, call.caller).revoke(
                    numbers, reason: call.revocationReason, cause: try call.sentence(), isDryRun: call.isDryRun
                ).json)
        },
    ]
}
