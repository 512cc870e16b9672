// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Ends a check early with its verdict.
struct CheckStop: Error {
    let verdict: ConformanceVerdict

    init(_ verdict: ConformanceVerdict) { self.verdict = verdict }

    static func failed(_ reason: String) -> CheckStop { CheckStop(.failed(reason)) }
    static func skipped(_ reason: String) -> CheckStop { CheckStop(.skipped(reason)) }
    static func notApplicable(_ reason: String) -> CheckStop { CheckStop(.notApplicable(reason)) }
}
