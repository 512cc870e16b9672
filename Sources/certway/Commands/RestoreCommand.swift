// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger

/// `certway restore`: after a backup was put back.
enum RestoreCommand {
    static let command = Command(
        "restore", "consent to order again after a backup of the database was put back", subcommands: [accept])

    private static let accept = Command(
        "accept", "take the database for what there is; new orders leave again",
        discussion: """
            A restored database does not know what was ordered after the backup was made. Certway notices that it remembers
            fewer requests than have left, or that Intune holds certificates it does not know, and orders nothing new. What
            the CAs have issued since the backup is then bought a second time, so look for a newer copy first, and at the
            CA's own list: revoke there what nobody holds a key for.
            """,
        options: [
            .value(
                "backend-ca", "NAME",
                "take the folder of this CA of your own for what there is, instead of the database; see docs/local-ca.md"
            )
        ],
        examples: [
            ("certway restore accept", "there is no newer copy"),
            ("certway restore accept --backend-ca own", "there is no newer copy of the CA's folder"),
        ]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        if let name = invocation.value("backend-ca") {
            let isOlder = try await BackendCAAdministration(gateway).acceptFolder(name)
            if invocation.wantsJSON {
                Terminal.print(json: (["accepted": JSONValue(isOlder)] as JSONValue).text)
            } else if isOlder {
                Terminal.print("accepted: \(name) goes on with the next pass")
            } else {
                Terminal.print("nothing to accept: nothing says that the folder of \(name) is an older copy")
            }
            return .done
        }
        let graph = try gateway.graphClient()
        guard try await gateway.restoreSign(graph) != nil else {
            Terminal.print(
                invocation.wantsJSON
                    ? "\(JSONValue.null.text)"
                    : "nothing to accept: nothing says that \(gateway.home.database) is an older copy")
            return .done
        }
        let count = try await gateway.restoreCheck.accept(by: NSUserName(), at: Date(), gateway.uploader(graph))
        if invocation.wantsJSON {
            Terminal.print(json: (["submissions": JSONValue(Int(count))] as JSONValue).text)
        } else {
            Terminal.print(
                "accepted: the database remembers \(Plural(Int(count), "request")) to CAs, and new orders leave again with the next pass"
            )
        }
        return .done
    }
}
