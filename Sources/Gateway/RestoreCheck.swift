// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Enrollment
import Foundation
import JSONDocuments
import Ledger

/// Signs that the database is an older copy: everything ordered since it was made would be ordered again.
///
/// Until a person consents nothing new leaves for a CA; what is under way goes on.
public struct RestoreCheck: Sendable {
    /// So many people about to be ordered for are looked up in Intune; more would only say the same.
    private static let sample = 20
    private static let consent = "restore.consent"

    private let ledger: OrderLedger
    private let mark: SubmissionMark
    private let planner: EnrollmentPlanner

    public init(ledger: OrderLedger, mark: SubmissionMark, planner: EnrollmentPlanner) {
        self.ledger = ledger
        self.mark = mark
        self.planner = planner
    }

    /// Why nothing new is ordered, in one sentence with the next step; nil when there is no sign.
    ///
    /// - Parameters:
    ///   - uploader: to ask Intune what it holds; nil where nothing is delivered there.
    ///   - templates: those that deliver through Intune.
    public func sign(_ uploader: IntunePFXUploader?, templates: [String]) async throws -> String? {
        let advice =
            "nothing new is ordered until 'certway restore accept'; restore the newest copy of certway.db first if there "
            + "is one, for what was ordered since is bought again"
        switch mark.examine(remembered: try await ledger.submissionCount()) {
        case .olderDatabase(let remembered, let left):
            return
                "certway.db remembers \(remembered) requests to CAs and \(left) have left: it is an older copy; \(advice)"
        case .missing(let remembered):
            return
                "certway.db remembers \(remembered) requests to CAs, and the number kept beside it in \(mark.path) is "
                + "gone: it may be an older copy; \(advice)"
        case .consistent: break
        }
        guard let uploader else { return nil }
        // Who has consented has seen what Intune held by then, and nothing of what came later.
        let consent = try await ledger.state(Self.consent)?["newest"]?.string.flatMap {
            try? Date($0, strategy: .iso8601)
        }
        for template in templates {
            let people = try await planner.decisions.decisions(template: template, verdict: .order, limit: Self.sample)
            for person in people {
                guard let found = try await unknown(person.userPrincipalName, uploader, since: consent) else {
                    continue
                }
                return
                    "Intune holds certificate \(found) of \(person.userPrincipalName), made for this gateway's key, and "
                    + "certway.db does not know it: it may be an older copy; \(advice)"
            }
        }
        return nil
    }

    /// A person takes the database for what there is. The consent reaches as far as what Intune holds now, by the time that Intune
    /// itself gives: our clock may be ahead, and would hide what is yet to come.
    ///
    /// - Parameter uploader: to ask Intune for all it holds; nil where nothing is delivered there.
    /// - Returns: how many requests it remembers.
    public func accept(by actor: String, at date: Date, _ uploader: IntunePFXUploader?) async throws -> Int64 {
        let count = try await ledger.submissionCount()
        let held = try await uploader?.certificates().filter { uploader?.isOurs($0) == true } ?? []
        let newest = held.compactMap(Self.moment).max()
        try await ledger.setState(
            Self.consent,
            [
                "by": .string(actor), "at": .string(date.ISO8601Format()), "submissions": JSONValue(Int(count)),
                "newest": JSONValue(newest?.ISO8601Format()),
            ])
        try mark.reset(to: count)
        return count
    }

    /// A certificate in Intune for our key that the ledger does not know.
    ///
    /// - Parameter consent: one that came to Intune by then does not count.
    private func unknown(
        _ userPrincipalName: String, _ uploader: IntunePFXUploader, since consent: Date?
    ) async throws -> String? {
        for entity in try await uploader.certificates(of: userPrincipalName) where uploader.isOurs(entity) {
            let newest = Self.moment(entity)
            if let consent, let newest, newest <= consent { continue }
            let known = try await ledger.certificates(CertificateFilter(text: entity.thumbprint, limit: 1))
            if known.isEmpty { return entity.thumbprint }
        }
        return nil
    }

    /// When Intune took a certificate; where it does not say, when the CA issued it.
    private static func moment(_ entity: UserPFXCertificate) -> Date? { entity.createdDateTime ?? entity.startDateTime }
}
