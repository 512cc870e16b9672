// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Glibc

/// Measures Certway against bare loops of the same work. `Scripts/benchmark` builds and calls it.
@main
struct CertwayBenchmark {
    static let root = Command(
        "certway-benchmark", "measures certway against bare loops of the same work",
        discussion: "Scripts/benchmark builds everything and calls 'run'; the other commands are single measurements.",
        subcommands: [
            RunCommand.command, KeysCommand.command, CryptographyCommand.command, RecordCommand.command,
            AnswerCommand.command, OrdersCommand.command, ConnectionsCommand.command, StoreCommand.command,
            ConsoleCommand.command,
            LifeCommands.certify, LifeCommands.change, LifeCommands.firstPage,
        ])

    static func main() async {
        // It writes secrets of the sandbox, which the gateway refuses to read where others may.
        umask(0o077)
        await Program.main(root)
    }
}
