// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway

/// `certway doctor`: configuration, permissions, reachability, clock, expiring credentials.
enum DoctorCommand {
    static let command = Command(
        "doctor", "check everything the gateway depends on, and say what to do",
        discussion: """
            Only reads, here, in the tenant and at the CAs. Exit status 1: something failed that the gateway depends on. 4: all of that
            is well, and orders, people or a plan do not move on; they are said as by 'certway run --once', which cannot be asked while
            the service runs.
            """,
        examples: [("certway doctor", "after setting up, and whenever something is odd")]
    ) { invocation in
        let examination = try await Doctor(try await Gateway.open(invocation, mayMigrate: false)).examine()
        if invocation.wantsJSON {
            Terminal.print(json: examination.json.text)
        } else {
            var table = TextTable(.short("CHECK", 16), "RESULT", .sentence(""))
            for finding in examination.findings { table.add(finding.subject, finding.word, finding.text) }
            Terminal.print(lines: table.text)
        }
        return examination.hasFailed ? .failed : examination.standsStill ? .partlyDone : .done
    }
}
