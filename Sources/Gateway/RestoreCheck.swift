// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Foundation
import Fulfilment
import JSONDocuments
import Ledger
import Planning
import Records

/// Signs that the database is an older copy: everything ordered since it was made would be ordered again.
///
/// Until a person consents nothing new leaves for a CA; what is under way goes on.
public struct RestoreCheck: Sendable {
    /// So many people about to be ordered for are looked up in Intune; more would only say the same.
    private static let sample = 20
    private static let consent = "restore.consent"
    /// What Intune has last shown, for those who do not ask it.
    private static let shown = "restore.shown"

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
        try await cause(uploader, templates: templates).map { "\($0); \(Self.advice)" }
    }

    /// The same without what follows from it.
    func cause(_ uploader: IntunePFXUploader?, templates: [String]) async throws -> String? {
        if let cause = try await ownCause() { return cause }
        guard let uploader else { return nil }
        let cause = try await cause(in: uploader, templates)
        let known = try await ledger.state(Self.shown)?.string
        if known != cause { try await ledger.setState(Self.shown, cause.map { .string($0) }) }
        return cause
    }

    /// The sign as it is known without asking anybody: what lies beside the database, and what Intune has last shown.
    public func known() async throws -> String? {
        var cause = try await ownCause()
        if cause == nil { cause = try await ledger.state(Self.shown)?.string }
        return cause.map { "\($0); \(Self.advice)" }
    }

    private static let advice =
        "nothing new is ordered until 'certway restore accept'; restore the newest copy of the database first if there "
        + "is one, for what was ordered since is bought again"

    /// What the number of requests says that is kept beside the database.
    private func ownCause() async throws -> String? {
        switch try await mark.examine({ try await ledger.submissionCount() }) {
        case .olderDatabase(let remembered, let left):
            return
                "the database remembers \(remembered) requests to CAs and \(left) have left: it is an older copy"
        case .missing(let remembered):
            return
                "the database remembers \(remembered) requests to CAs, and the number kept beside it in \(mark.path) is "
                + "gone: it may be an older copy"
        case .consistent: return nil
        }
    }

    private func cause(in uploader: IntunePFXUploader, _ templates: [String]) async throws -> String? {
        // Who has consented has seen what Intune held by then, and nothing of what came later.
        let consent = try await consentedUntil()
        for template in templates {
            let people = try await planner.decisions.decisions(template: template, verdict: .order, limit: Self.sample)
            for person in people {
                guard let found = try await unknown(person.userPrincipalName, uploader, since: consent) else {
                    continue
                }
                return
                    "Intune holds certificate \(found) of \(person.userPrincipalName), made for this gateway's key, and "
                    + "the database does not know it: it may be an older copy"
            }
        }
        return nil
    }

    /// Everything that Intune holds for this gateway's key and that the database does not know, the oldest first. Reads all that
    /// Intune holds.
    public func forgotten(in uploader: IntunePFXUploader) async throws -> [ForgottenCertificate] {
        let consent = try await consentedUntil()
        var found: [ForgottenCertificate] = []
        for entity in try await uploader.certificates() where uploader.isOurs(entity) {
            guard try await isUnknown(entity) else { continue }
            found.append(ForgottenCertificate(certificate: entity, isAccepted: Self.isCovered(entity, by: consent)))
        }
        return found.sorted {
            ($0.moment ?? .distantPast, $0.certificate.thumbprint) < (
                $1.moment ?? .distantPast, $1.certificate.thumbprint
            )
        }
    }

    /// Whether a person has ever consented to go on with an older copy.
    public var hasConsent: Bool { get async throws { try await ledger.state(Self.consent) != nil } }

    private func consentedUntil() async throws -> Date? {
        try await ledger.state(Self.consent)?["newest"]?.string.flatMap { try? Date($0, strategy: .iso8601) }
    }

    /// A person takes the database for what there is. The consent reaches as far as what Intune holds now, by the time that Intune
    /// itself gives: our clock may be ahead, and would hide what is yet to come.
    ///
    /// - Parameter uploader: to ask Intune for all it holds; nil where nothing is delivered there.
    /// - Returns: how many requests it remembers.
    public func accept(by actor: String, at date: Date, _ uploader: IntunePFXUploader?) async throws -> Int64 {
        let count = try await ledger.submissionCount()
        let held = try await uploader?.certificates().filter { uploader?.isOurs($0) == true } ?? []
        let newest = held.compactMap(ForgottenCertificate.moment).max()
        try await ledger.setState(
            Self.consent,
            [
                "by": .string(actor), "at": .string(date.ISO8601Format()), "submissions": JSONValue(Int(count)),
                "newest": JSONValue(newest?.ISO8601Format()),
            ])
        try await ledger.setState(Self.shown, nil)
        // While the doubt stands nothing leaves with a reference that what was lost may have.
        try await ledger.renewReferences(by: AuditActor(named: actor))
        try await RestoreDoubt.end(ledger)
        try await ledger.setState(GatewayStore.keptState, nil)
        try mark.reset(to: count)
        return count
    }

    /// A certificate in Intune for our key that the ledger does not know.
    ///
    /// - Parameter consent: one that came to Intune by then does not count.
    private func unknown(
        _ userPrincipalName: String, _ uploader: IntunePFXUploader, since consent: Date?,
        where isMeant: (UserPFXCertificate) -> Bool = { _ in true }
    ) async throws -> String? {
        for entity in try await uploader.certificates(of: userPrincipalName)
        where uploader.isOurs(entity) && isMeant(entity) {
            if !Self.isCovered(entity, by: consent), try await isUnknown(entity) { return entity.thumbprint }
        }
        return nil
    }

    /// The same for one purpose.
    func forgotten(
        of userPrincipalName: String, for purpose: IntendedPurpose, in uploader: IntunePFXUploader
    ) async throws -> String? {
        let consent = try await consentedUntil()
        let now = ledger.clock.now()
        return try await unknown(userPrincipalName, uploader, since: consent) { $0.serves(purpose, at: now) }
    }

    private static func isCovered(_ entity: UserPFXCertificate, by consent: Date?) -> Bool {
        guard let consent, let moment = ForgottenCertificate.moment(entity) else { return false }
        return moment <= consent
    }

    private func isUnknown(_ entity: UserPFXCertificate) async throws -> Bool {
        try await !ledger.hasCertificate(numbered: entity.thumbprint)
    }
}
