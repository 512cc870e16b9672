// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Gateway
import JSONDocuments

extension APIOperation {
    /// Recurring work: now, not for a while, and again.
    static let jobChanges = [
        change("runJob", "runs", "Do recurring work now") { try await $0.run($1, isDryRun: $2) },
        change("pauseJob", "pauses", "Let recurring work rest until somebody lets it go on; orders under way go on") {
            try await $0.pause($1, isDryRun: $2)
        },
        change("resumeJob", "resumptions", "Let recurring work go on") { try await $0.resume($1, isDryRun: $2) },
    ]

    private static func change(
        _ id: String, _ noun: String, _ summary: String,
        _ perform: @escaping @Sendable (JobAdministration, JobBook.Job, Bool) async throws -> JobWish
    ) -> APIOperation {
        APIOperation(
            id, .post, "/jobs/{name}/\(noun)", tag: "Overview", summary, permission: .runJobs,
            parameters: [.path("name", "of the work", .word(JobBook.Job.allCases.map(\.rawValue)))],
            answer: .json(
                .answer(
                    APIField("name", .string), APIField("pausedBy", .nullable(.string)),
                    APIField("pausedAt", .nullable(.time)), APIField("runAskedAt", .nullable(.time))))
        ) { call in
            guard let job = JobBook.Job(rawValue: call.path("name")) else {
                throw APIProblem.notFound("there is no work of that name")
            }
            return .json(
                try await perform(JobAdministration(call.gateway, caller: call.caller), job, call.isDryRun).json)
        }
    }
}
