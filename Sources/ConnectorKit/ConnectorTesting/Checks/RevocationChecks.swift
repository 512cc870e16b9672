// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation
internal import PKIX

/// Whether revoking revokes that certificate, for that reason, and nothing else.
enum RevocationChecks {
    /// Reasons with a meaning of their own: a hold can be released.
    private static let special: Set<RevocationReason> = [.certificateHold, .removeFromCRL]

    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] {
        let offered = bench.profile.revocationReasons.offered
        let reasons = offered.isEmpty ? [.unspecified] : offered.filter { !special.contains($0) }
        return reasons.map(revoke) + [hold(offered), notOffered(offered), unknown]
    }

    private static func revoke(_ reason: RevocationReason) -> ConformanceCheck {
        ConformanceCheck(
            "revoke.\(reason.name)", "Revoked for \(reason.name)",
            proves: "The certificate, and no other, stands on the CRL; for this reason, if the CA publishes reasons.",
            ability: .revoke,
            orders: 2
        ) { run in
            let order = try await run.issue(run.request("revoke"))
            let bystander = try await run.issue(run.request("stays"))
            try await revoke(order, reason, run)
            let seen = try await RevocationView(run: run).entry(for: order) { $0 != nil }
            try await compare(seen, with: reason, order, run)
            if try await RevocationView(run: run).crl(for: bystander).contains(bystander.leaf.serialNumber) {
                throw CheckStop.failed(
                    "certificate \(bystander.leaf.serialNumber) is revoked as well, which nobody asked for")
            }
        }
    }

    private static func revoke(_ order: IssuedOrder, _ reason: RevocationReason, _ run: CheckRun) async throws {
        let revoker = try run.ability((any CertificateRevoking).self, .revoke)
        let outcome = try await run.repeating {
            try await revoker.revoke(
                RevocationRequest(
                    certificate: order.leaf, order: order.issued.order, reason: reason, comment: "conformance test"))
        }
        if case .pending(let detail) = outcome {
            throw CheckStop.skipped("the revocation waits at the CA: \(detail); decide it there and look at the CRL")
        }
        if reason != .certificateHold, reason != .removeFromCRL {
            await run.workbench.book.close(order.request.reference)
        }
    }

    private static func compare(
        _ entry: CertificateRevocationList.Entry?, with reason: RevocationReason, _ order: IssuedOrder, _ run: CheckRun
    ) async throws {
        guard let entry else { throw unpublished("certificate \(order.leaf.serialNumber) is not on the CRL", run) }
        run.note("on the CRL since \(entry.revocationDate.ISO8601Format()), reason \(entry.reasonCode)")
        // A CA may have one word for two reasons.
        let table = run.profile.revocationReasons
        let meant = RevocationReason.allCases.filter {
            $0 == reason || table.word(for: $0) == table.word(for: reason) && table.word(for: $0) != nil
        }
        guard !meant.map(\.rawValue).contains(entry.reasonCode) else { return }
        // RFC 5280 §5.3.1: no reason code means unspecified.
        let found = RevocationReason(rawValue: entry.reasonCode)?.name ?? "\(entry.reasonCode)"
        let text = "the CRL says \(found), asked for \(reason.name)"
        let isCommanded = run.bench.isOwnCA || run.bench.sandbox != nil
        let publishes = try await run.bench.sandbox?.publishesReasons ?? run.bench.isOwnCA
        if entry.reasonCode == 0, !publishes {
            return run.note("no reason is published: that the CA was told \(reason.name) is not proven")
        }
        // A hold is no revocation for ever; other reasons a CA may map as it likes, and ours does not. One for which the profile has a
        // word of its own is a contradiction: one of the two words means something else.
        let hasWord = RevocationReason(rawValue: entry.reasonCode).map { table.word(for: $0) != nil } ?? false
        guard !isCommanded, entry.reasonCode != RevocationReason.certificateHold.rawValue,
            entry.reasonCode == 0 || !hasWord
        else { throw CheckStop.failed("\(text): see revocationReasons of the profile") }
        run.note("\(text): where the CA makes one of the other, revocationReasons gives both the same word")
    }

    /// What was not seen on the CRL in time: a CA that is not ours publishes when it likes.
    private static func unpublished(_ text: String, _ run: CheckRun) -> CheckStop {
        run.bench.sandbox != nil || run.bench.isOwnCA
            ? .failed(text)
            : .skipped(
                "\(text); the run waits \(run.bench.patience) for the CA to publish, run again with a longer --patience"
            )
    }

    private static func hold(_ offered: [RevocationReason]) -> ConformanceCheck {
        ConformanceCheck(
            "revoke.hold", "A hold can be ended",
            proves:
                "certificateHold is either not offered and refused, or a hold that can be ended; it is never silently for ever.",
            ability: .revoke, provesAbility: false, orders: 1
        ) { run in
            let order = try await run.issue(run.request("hold"))
            guard offered.contains(.certificateHold) else {
                guard !offered.isEmpty else { throw CheckStop.notApplicable("the CA takes no reasons") }
                let error = try await run.error(of: "a hold that is not offered") {
                    try await revoke(order, .certificateHold, run)
                }
                try run.require(error, .refused, .configuration, of: "a hold that is not offered")
                return
            }
            try await revoke(order, .certificateHold, run)
            let view = RevocationView(run: run)
            guard let held = try await view.entry(for: order, until: { $0 != nil }) else {
                throw unpublished("certificate \(order.leaf.serialNumber) is on hold and not on the CRL", run)
            }
            run.note("on hold, reason \(held.reasonCode)")
            guard held.reasonCode == RevocationReason.certificateHold.rawValue else {
                throw CheckStop.failed("the CRL says reason \(held.reasonCode): the certificate is revoked for ever")
            }
            guard offered.contains(.removeFromCRL) else {
                throw CheckStop.failed(
                    "the profile offers certificateHold and not removeFromCRL: nobody could end the hold")
            }
            try await revoke(order, .removeFromCRL, run)
            guard try await view.entry(for: order, until: { $0 == nil }) == nil else {
                throw unpublished("the hold has ended and the certificate is still on the CRL", run)
            }
        }
    }

    private static func notOffered(_ offered: [RevocationReason]) -> ConformanceCheck {
        ConformanceCheck(
            "revoke.not-offered", "A reason the CA does not take",
            proves: "A reason that the profile does not offer is refused before anything is revoked.", ability: .revoke,
            provesAbility: false, needsFirstCertificate: true
        ) { run in
            guard
                let reason = RevocationReason.allCases.first(where: { !offered.contains($0) && !special.contains($0) }),
                !offered.isEmpty
            else { throw CheckStop.notApplicable("the CA takes every reason, or the profile names none") }
            let first = try await run.workbench.firstCertificate(run)
            _ = try run.ability((any CertificateRevoking).self, .revoke)
            let error = try await run.error(of: "revoking for \(reason.name)") { try await revoke(first, reason, run) }
            try run.require(error, .refused, .configuration, of: "revoking for \(reason.name)")
        }
    }

    private static let unknown = ConformanceCheck(
        "revoke.unknown", "A certificate that is not the CA's",
        proves: "Revoking a certificate of another CA is an error, not a success that revokes nothing.",
        ability: .revoke, provesAbility: false,
        needsFirstCertificate: true
    ) { run in
        let revoker = try run.ability((any CertificateRevoking).self, .revoke)
        let first = try await run.workbench.firstCertificate(run)
        let key = try PrivateKey.generate(.p256)
        let foreign = try CertificateBuilder(
            profile: .smime, subject: [("CN", "Of another CA")], publicKey: key.publicKey,
            notBefore: Date() - 3600, notAfter: Date() + 86_400
        ).selfSigned(key: key)
        let offered = run.profile.revocationReasons.offered
        let order = CAOrder(
            caRequestID: foreign.serialNumber.hex,
            identifiers: first.issued.order.identifiers.mapValues { _ in foreign.serialNumber.hex })
        let error = try await run.error(of: "revoking a certificate of another CA") {
            try await revoker.revoke(
                RevocationRequest(
                    certificate: foreign, order: order, reason: offered.first ?? .unspecified,
                    comment: "conformance test"))
        }
        try run.require(error, .refused, .configuration, .transient, of: "revoking a certificate of another CA")
    }
}
