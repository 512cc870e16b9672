// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Settings
import Store

/// `certway restore`: a backup is put back.
enum RestoreCommand {
    static let command = Command(
        "restore", "put a backup of the database back; what it has forgotten, and the consent to order again",
        discussion: """
            With the service stopped. First everything is looked at: whether the file is whole, of a version that this program
            reads, and made with the folder's sealing key. The present database is kept beside the new one and never deleted.
            What was ordered since the backup is not in it, so each new order is looked for at its CA before it leaves: one that
            the CA has already is held for a person. A CA that cannot be asked so gets nothing before 'certway restore accept'.
            Incidents are paused; API tokens and sessions end, for one may have been revoked since: 'certway token create'.
            """,
        arguments: [Argument("FILE", "what 'certway backup' has made, or a certway.db of another folder")],
        options: [.flag("dry-run", "only look whether it could be put back")],
        examples: [
            ("certway restore certway-backup.db --dry-run", "is the backup good?"),
            ("certway restore certway-backup.db", "the disk was lost"),
        ], subcommands: [list, declare, accept]
    ) { invocation in
        let isDryRun = invocation.flag("dry-run")
        let restored = try await StoreRestore.put(
            invocation.requiredWord("FILE"), into: invocation.home, by: invocation.caller, isDryRun: isDryRun)
        if invocation.wantsJSON {
            Terminal.print(json: restored.json.text)
            return .done
        }
        Terminal.print("\(restored.file): \(restored.facts.text); whole, and made with this sealing key")
        if let left = restored.left, left > restored.facts.submissions {
            Terminal.print(
                "\(Plural(Int(left), "request")) to CAs have left from this folder: what was ordered since the backup is not in it"
            )
        }
        if restored.isElsewhere {
            Terminal.print(
                "this folder is not the one that the backup was made of: stop the gateway there for good before this one works. Two "
                    + "of one database order for the same people, each without seeing the other")
        }
        guard !isDryRun else {
            Terminal.print("nothing was changed")
            return .done
        }
        if let aside = restored.keptAside { Terminal.print("the database that was there is now \(aside)") }
        if restored.hasBroughtKey { Terminal.print("the sealing key came out of the backup") }
        Terminal.print("API tokens and sessions of the copy have ended: 'certway token create' makes new ones")
        Terminal.print("restored: 'certway plan' says what stands against new orders")
        return .done
    }

    private static let sorting = ListSorting(keys: ["since", "user", "thumbprint"], standard: ListSort("since"))

    private static let list = Command(
        "list", "certificates in Intune that the database does not know",
        discussion: """
            Reads all that Intune holds for this gateway's key. What is listed was ordered after the backup was made, and is on
            devices: it stays there beside what is ordered anew. Revoke it at the CA, and take it out of Intune, when nobody needs it.
            ACCEPTED are those that were there when somebody said 'certway restore accept'.
            """,
        options: .list(sorting),
        examples: [
            ("certway restore list --all", "all of them, the oldest first"),
            ("certway restore list --all --output csv", "for a spreadsheet, to revoke them at the CA"),
        ]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let graph = try gateway.graphClient()
        guard let uploader = try gateway.uploader(graph) else {
            throw SettingsError(
                "section intune is missing, so nothing can be compared: see what the CA has issued, and 'certway order list'"
            )
        }
        let found = try await gateway.restoreCheck.forgotten(in: uploader)
        try await invocation.show(forgotten, sorting) { request in
            try ListPage(of: found, sorting, request) { found, key in
                switch key {
                case "user": found.certificate.userPrincipalName
                case "thumbprint": found.certificate.thumbprint
                default: found.moment?.ISO8601Format() ?? ""
                }
            }
        }
        return .done
    }

    private static let forgotten = ItemList<ForgottenCertificate>(
        none: "nothing: the database knows every certificate that Intune holds for this gateway's key", each: \.json,
        [
            ListColumn(.short("USER", 24), "userPrincipalName") { $0.certificate.userPrincipalName },
            ListColumn("THUMBPRINT", "thumbprint") { $0.certificate.thumbprint },
            ListColumn(.optional("SINCE", 1), "since", { $0.moment?.day ?? "" }) { $0.moment?.ISO8601Format() ?? "" },
            ListColumn(.optional("VALID TO", 2), "validTo", { $0.certificate.expirationDateTime?.day ?? "" }) {
                $0.certificate.expirationDateTime?.ISO8601Format() ?? ""
            },
            ListColumn(.optional("ACCEPTED", 3), "accepted") { $0.isAccepted ? "yes" : "no" },
        ])

    private static let declare = Command(
        "declare", "an older copy of the database was put back: look for each new order before it leaves",
        discussion: """
            For a database on a server, where nothing shows that it was put back when the numbers beside it are as old, and for whatever
            nobody noticed. To be said before the first node starts; it holds for all of them until 'certway restore accept'. Each new
            order is looked for at the CAs before it leaves, and where one of them cannot be asked nothing new leaves.
            """,
        options: [.choice("output", ["text", "json"], "how it is printed", default: "text")],
        examples: [("certway restore declare", "the dump of last night was put back")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let doubt = try await RestoreAdministration(gateway, caller: invocation.caller).declare()
        if invocation.wantsJSON {
            Terminal.print(json: (["cause": .string(doubt.cause)] as JSONValue).text)
        } else {
            Terminal.print(
                "on record: \(doubt.cause); each new order is looked for before it leaves, until 'certway restore accept'"
            )
        }
        return .done
    }

    private static let accept = Command(
        "accept", "take the database for what there is; new orders leave again",
        discussion: """
            A restored database does not know what was ordered after the backup was made. Certway notices that it remembers
            fewer requests than have left, that its file was put in its place, or that Intune holds certificates it does not
            know: each new order is looked for at its CA then before it leaves, and a CA that cannot be asked gets
            none before this. This ends both. What the CAs have issued since the backup is bought a second time from then on, so look for a
            newer copy first, and at the CA's own list: revoke there what nobody holds a key for.
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
            let isOlder = try await BackendCAAdministration(gateway).acceptFolder(name, by: invocation.caller)
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
        // A sign that was found is a doubt on record.
        let sign = try await gateway.restoreSign(graph)
        guard try await gateway.restoreDoubt != nil || sign != nil else {
            Terminal.print(
                invocation.wantsJSON
                    ? "\(JSONValue.null.text)"
                    : "nothing to accept: nothing says that \(gateway.store.place) is an older copy")
            return .done
        }
        let count = try await gateway.restoreCheck.accept(
            by: invocation.actor, at: gateway.ledger.clock.now(), gateway.uploader(graph))
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
