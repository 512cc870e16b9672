// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Gateway
import Ledger
import MicrosoftGraph
import Settings
import Store
import YAMLDocuments

/// The program: the list of its commands and how its errors end it.
@main
struct CertwayProgram {
    /// As CHANGELOG.md names it.
    static let version = "unreleased"

    static let root = Command(
        "certway", "certificates from any CA for the people of an Entra group, on every device",
        discussion: """
            A gateway between Entra ID and certificate authorities: makes keys, orders certificates, archives keys for
            key recovery agents and delivers PFX files through Intune. What a CA speaks is a file in connectors.d.
            'certway --version' says what this is, and what it was built with.
            """,
        options: GlobalOptions.all,
        examples: [
            ("certway demo", "see the whole job against a sandbox tenant and CA"),
            ("certway apply -f certway.yaml", "check and store the configuration"),
            ("certway plan", "what a pass would do, and why"),
            ("certway run --once", "do it"),
            ("certway why ada@example.org", "where is my certificate?"),
        ],
        subcommands: [
            DemoCommand.command, SimulateCommand.command, RunCommand.command, PlanCommand.command,
            EnrollCommand.command, AdoptCommand.command, ExceptionCommands.command, ServeCommand.command,
            ApplyCommand.command,
            ExportCommand.command, ConnectorCommands.command, CACommands.command, TemplateCommands.command,
            RuleCommands.command,
            OrderCommands.command, CostCommand.command, CertificateCommands.command, RequestCommands.command,
            IncidentCommands.command, PublicationCommands.command, DriftCommands.command,
            KeyCommands.command,
            PeopleCommands.command, MailboxCommands.command, DeliveryCommands.command, HandOverCommands.command,
            TokenCommands.command, NotificationCommands.command,
            NodeCommands.command, JobCommands.command, WhyCommand.command, FindCommand.command, AuditCommands.command,
            SetUpCommand.command, DoctorCommand.command, BackupCommand.command, RestoreCommand.command,
            StoreCommands.command,
        ])

    static func main() async {
        MemoryProtection.begin()
        await Program.main(
            root, version: { ProgramVersion.text },
            // These tell of each step themselves, or have a log.
            isWatched: { !["serve", "demo", "simulate", "drill"].contains($0.name) },
            explain: { ProgramFailure(explaining: $0) }
        ) {
            for sentence in await GatewayStore.closeAll() { Terminal.complain("certway: warning: \(sentence)") }
        }
    }
}
