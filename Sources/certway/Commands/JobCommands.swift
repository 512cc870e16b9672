// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Store

/// `certway job`: recurring work of the service.
enum JobCommands {
    static let command = Command(
        "job", "recurring work of the service: what ran last, what rests, and now",
        examples: [("certway job list", "what ran last, and when it runs next")],
        subcommands: [list, run, pause, resume])

    private static let sorting = ListSorting(keys: ["name", "started"], standard: ListSort("name"))

    private static let list = Command(
        "list", "recurring work: what ran last, when it runs next, and what rests",
        options: .list(sorting), examples: [("certway job list --output json", "for programs")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        let jobs = try await JobAdministration(gateway, caller: invocation.caller).list()
        try await invocation.show(everyJob, sorting) { request in
            try ListPage(of: jobs, sorting, request) { job, key in
                (key == "started" ? job["startedAt"]?.string : job["name"]?.string) ?? ""
            }
        }
        return .done
    }

    private static let everyJob = ItemList<JSONValue>(
        none: "no work is known", each: \.self,
        [
            ListColumn("JOB", "name") { $0["name"]?.string ?? "" },
            ListColumn(.optional("LAST", 1), "startedAt") { $0["startedAt"]?.string ?? "never" },
            ListColumn(.optional("NEXT", 2), "nextAt") { $0["nextAt"]?.string ?? "" },
            ListColumn("RESTS SINCE", "pausedAt") { $0["pausedAt"]?.string ?? "" },
            ListColumn(.optional("FOR", 1), "pausedBy") { $0["pausedBy"]?.string ?? "" },
            ListColumn(.optional("PROBLEM", 3), "problem") { $0["problem"]?.string ?? "" },
        ])

    private static let run = change(
        "run", "do it now", "The service begins within seconds; directory and drift have runs of their own.",
        ("certway job run directory", "somebody has joined, and waits")
    ) { try await $0.run($1, isDryRun: $2) }

    private static let pause = change(
        "pause", "let it rest until somebody lets it go on",
        """
        Orders under way go on. While the directory rests, nobody's departure or new name is seen; while the plan rests, nothing is
        ordered, renewed or ended. It is said by 'certway doctor', the overview and /readyz as long as it lasts.
        """,
        ("certway job pause plan", "nothing is placed during the maintenance of the tenant")
    ) { try await $0.pause($1, isDryRun: $2) }

    private static let resume = change(
        "resume", "let it go on", "It runs within seconds.", ("certway job resume plan", "the maintenance is over")
    ) { try await $0.resume($1, isDryRun: $2) }

    private static func change(
        _ name: String, _ summary: String, _ discussion: String, _ example: (String, String),
        _ perform: @escaping @Sendable (JobAdministration, JobBook.Job, Bool) async throws -> JobWish
    ) -> Command {
        Command(
            name, summary, discussion: discussion,
            arguments: [Argument("JOB", JobBook.Job.allCases.map(\.rawValue).joined(separator: ", "))],
            options: [
                .flag("dry-run", "check, and change nothing"),
                .choice("output", ["text", "json"], "how it is printed", default: "text"),
            ],
            examples: [example]
        ) { invocation in
            let word = invocation.requiredWord("JOB")
            guard let job = JobBook.Job(rawValue: word) else {
                throw UsageError(
                    "JOB: found \"\(word)\", expected \(JobBook.Job.allCases.map(\.rawValue).joined(separator: ", "))",
                    path: invocation.path)
            }
            let gateway = try await Gateway.open(invocation)
            let isDryRun = invocation.flag("dry-run")
            let wish = try await perform(
                JobAdministration(gateway, caller: invocation.caller), job, isDryRun)
            let what = wish.isPaused ? "rests from now on" : name == "run" ? "runs within seconds" : "goes on"
            if invocation.wantsJSON {
                Terminal.print(json: wish.json.text)
            } else {
                Terminal.print(isDryRun ? "would be done: \(job.rawValue) \(what)" : "\(job.rawValue) \(what)")
            }
            return .done
        }
    }
}
