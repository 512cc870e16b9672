// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Ledger

extension IncidentCommands {
    static let drill = Command(
        "drill", "rehearse: a made-up company against the sandbox, with kills",
        discussion: """
            Starts a sandbox tenant and CAs whose clock jumps, gives everybody a certificate, lets 40 days pass, and replaces all of
            them by a deadline, in passes that --kills strikes. In the end the sandbox's own records say whether anybody was without
            a valid certificate at any time, whether anything was bought twice, and whether all old certificates are revoked. Nothing
            leaves the machine. What a real incident would meet is told by 'certway incident start' with --dry-run and starts nothing.
            """,
        options: [
            .value("people", "N", "people of the company", default: "20"),
            .value("deadline", "TIME", "how long there is", default: "120h"),
            .flag("switch-ca", "the successors come from another CA"),
            .flag("rename-products", "the CA calls its products otherwise meanwhile"),
            .value("pace", "N", "certificates an hour at most"),
            .choice("store", DemoStore.engines, "where the database is; a server is started for it", default: "sqlite"),
            .value("nodes", "N", "gateways that work on the server's database at once", default: "1"),
            .flag("hostile", "CAs and tenant delay, throttle and lose answers"),
            .value("kills", "N", "passes that are killed at random moments", default: "0"),
            .value("seed", "N", "decides what goes wrong", default: "4711"),
            .value("keep", "DIR", "keep home and configuration in this new folder"),
        ],
        examples: [
            ("certway incident drill --people 5", "a small one"),
            (
                "certway incident drill --people 5000 --hostile --kills 3 --switch-ca --deadline 24h --pace 2000",
                "a large one, with a day"
            ),
        ]
    ) { invocation in
        let folder = try DemoFolder(keep: invocation.value("keep"))
        guard let time = Duration(text: invocation.value("deadline") ?? "") else {
            throw UsageError("--deadline: expected a time such as 120h", path: invocation.path)
        }
        let nodes = try invocation.int("nodes", in: 1...8) ?? 1
        let engine = invocation.value("store") ?? "sqlite"
        guard nodes == 1 || engine != "sqlite" else {
            throw UsageError("--nodes: several gateways need a server; add --store postgresql", path: invocation.path)
        }
        let drill = IncidentDrill(
            people: try invocation.int("people", in: 1...100_000) ?? 20, deadline: time,
            switchesCA: invocation.flag("switch-ca"), renamesProducts: invocation.flag("rename-products"),
            isHostile: invocation.flag("hostile"),
            kills: try invocation.int("kills", in: 0...1000) ?? 0, seed: try invocation.int("seed") ?? 4711,
            pace: try invocation.int("pace", in: 1...1_000_000), engine: engine, nodes: nodes)
        let result = try await drill.run(folder, invocation.profiles) { Terminal.complain($0) }
        await GatewayStore.closeAll()
        if invocation.wantsJSON {
            Terminal.print(json: result.json.text)
        } else {
            Terminal.print(lines: result.text)
        }
        return result.violations.isEmpty ? .done : .partlyDone
    }
}
