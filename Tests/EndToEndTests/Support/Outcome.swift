// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// What came of a run, counted on the other side: at the CA, in Intune, and in the archive by openssl and Python.
struct Outcome: Equatable {
    var ordersAtCA = 0
    var pfxInIntune = 0
    var pfxOpened = 0
    var archivedKeys = 0
    var archivedKeysOpened = 0

    static func complete(_ people: Int) -> Outcome {
        Outcome(
            ordersAtCA: people, pfxInIntune: people, pfxOpened: people, archivedKeys: people,
            archivedKeysOpened: people)
    }

    /// Looks at `gateway` with tools that are not ours: the judge reads the database with Python's sqlite3, or what a server's client prints, opens each
    /// archive record with `openssl cms`, each PFX with Python's cryptography and with openssl, compares public keys and lets
    /// `openssl verify` follow each certificate to the root of a CA in the sandbox.
    static func of(_ gateway: GatewayUnderTest) async throws -> Outcome {
        let orders = try await gateway.sandbox.control("/control/cas/\(gateway.connector)")["orders"]
        let pfx = try await gateway.folder.write(
            (gateway.sandbox.control("/control/pfx")["pfx"] ?? []).text, to: "pfx.json")
        let key = try gateway.folder.write(gateway.sandbox.text("tenant", "intune", "privateKeyPEM"), to: "intune.key")
        let cas = gateway.sandbox.description["cas"]?.object?.values.compactMap { $0["rootPEM"]?.string } ?? []
        let roots = try gateway.folder.write(cas.joined(separator: "\n"), to: "judged-roots.pem")
        var database = gateway.database
        if let store = gateway.store {
            database = gateway.folder.path("archive.tsv")
            try await store.archive(to: database)
        }
        let judge = try await Run.tool(
            "python3",
            [
                "\(BuiltPrograms.repository)/Tests/EndToEndTests/judge.py", database,
                "\(gateway.folder.path)/kra.pem", "\(gateway.folder.path)/kra.key", pfx, key, roots,
            ])
        try #require(judge.status == 0, "the judge failed: \(judge.errors)")
        let verdict = try judge.json
        for problem in verdict["problems"]?.array ?? [] { Issue.record("\(problem.string ?? "")") }
        return Outcome(
            ordersAtCA: orders?.array?.count ?? -1, pfxInIntune: verdict["pfx"]?.int ?? -1,
            pfxOpened: verdict["pfxOpened"]?.int ?? -1, archivedKeys: verdict["archived"]?.int ?? -1,
            archivedKeysOpened: verdict["archivedOpened"]?.int ?? -1)
    }
}
