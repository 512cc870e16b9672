// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ExchangeOnline
import JSONDocuments
import MicrosoftGraph
import Store

/// Finds who is meant by the name in a row of permissions; each name is asked for once.
struct TrusteeResolver {
    enum Trustee: Sendable {
        /// Object id.
        case person(String)
        /// A group by its name, with the people in it and in groups in it.
        case group(String, people: [String])
        /// Nobody, or several: one sentence.
        case unknown(String)
    }

    let synchronizer: DirectorySynchronizer
    let exchange: ExchangeAdminClient
    private var known: [String: Trustee] = [:]

    init(synchronizer: DirectorySynchronizer, exchange: ExchangeAdminClient) {
        self.synchronizer = synchronizer
        self.exchange = exchange
    }

    /// - Throws: `GraphError` for what cannot be asked; `StoreError`.
    mutating func resolve(_ name: String) async throws -> Trustee {
        if let trustee = known[name.lowercased()] { return trustee }
        let trustee = try await find(name)
        known[name.lowercased()] = trustee
        return trustee
    }

    private func find(_ name: String) async throws -> Trustee {
        // A principal name is unambiguous; aliases, display names and DOMAIN\name are Exchange's to tell.
        if name.contains("@") {
            let found = try await synchronizer.database.read { connection in
                try connection.query(
                    "SELECT id FROM directory_users WHERE user_principal_name = ? AND is_deleted = 0",
                    [.text(connection.dialect.cut(name.lowercased(), to: 320))]
                ) { try $0[0] as String }
            }
            if found.count == 1 { return .person(found[0]) }
            if let record = try await synchronizer.source.person(name) {
                try await synchronizer.learn([record.id])
                return .person(record.id)
            }
        }
        let rows: [JSONValue]
        do {
            rows = try await exchange.invoke("Get-Recipient", ["Identity": .string(name)])
        } catch let error as GraphError where error.kind == .notFound {
            return .unknown("\(name) may open it, and nobody in the tenant is called so: nobody is taken off meanwhile")
        }
        guard rows.count == 1, let id = rows[0]["ExternalDirectoryObjectId"]?.string?.lowercased() else {
            return .unknown(
                "\(name) may open it, and \(rows.count) recipients are called so: nobody is taken off meanwhile")
        }
        guard rows[0]["RecipientTypeDetails"]?.string?.hasSuffix("Group") == true else {
            try await synchronizer.learn([id])
            return .person(id)
        }
        _ = try await synchronizer.synchronize(group: id, nested: true)
        let people = try await synchronizer.database.read { connection in
            try connection.query(
                "SELECT user_id FROM enrollment_members WHERE root_group = ? AND present = 1", [SQLValue(id)]
            ) { try $0[0] as String }
        }
        guard !people.isEmpty else {
            return .unknown("the group \(name) may open it, and nobody is in it: nobody is taken off meanwhile")
        }
        return .group(rows[0]["DisplayName"]?.string ?? name, people: people)
    }
}
