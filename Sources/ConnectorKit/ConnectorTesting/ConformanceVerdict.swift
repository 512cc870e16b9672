// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a check found out. Only `passed` counts as proof.
public enum ConformanceVerdict: Sendable, Hashable {
    case passed
    /// The fact does not hold, and why, in one sentence.
    case failed(String)
    /// The backend CA does not claim the ability the check is about.
    case notClaimed(String)
    /// The check has no meaning here, for instance a lost HTTP answer where there is no HTTP.
    case notApplicable(String)
    /// It could not be tried now, and what a person can do about that. Never counts as passed.
    case skipped(String)

    public var word: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .notClaimed: "not claimed"
        case .notApplicable: "not applicable"
        case .skipped: "skipped"
        }
    }

    /// Why; nil for what passed.
    public var reason: String? {
        switch self {
        case .passed: nil
        case .failed(let reason), .notClaimed(let reason), .notApplicable(let reason), .skipped(let reason): reason
        }
    }

    public var isFailure: Bool { if case .failed = self { true } else { false } }
}
