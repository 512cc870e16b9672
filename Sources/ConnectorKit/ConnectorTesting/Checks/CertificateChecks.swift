// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation
internal import PKIX

/// Whether what comes back is what was asked for.
enum CertificateChecks {
    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] {
        [issued, understood, request, names, validity, chain] + purposes(bench)
    }

    private static let issued = ConformanceCheck(
        "orders.issued", "An order becomes a certificate",
        proves: "The main job works: order, wait if need be, certificate.",
        needsFirstCertificate: true
    ) { run in
        let first = try await run.workbench.firstCertificate(run)
        run.note("\(first.leaf.subject), valid to \(first.leaf.notAfter.ISO8601Format())")
        guard !first.issued.order.caRequestID.isEmpty else { throw CheckStop.failed("the order has no id") }
    }

    private static let understood = ConformanceCheck(
        "orders.understood", "The answer to an order is understood",
        proves:
            "What the CA answers to an ordinary order is read at once: no search is needed to know what became of it.",
        needsFirstCertificate: true
    ) { run in
        let first: Result<IssuedOrder, any Error>
        do { first = .success(try await run.workbench.firstCertificate(run)) } catch { first = .failure(error) }
        let doubts = await run.workbench.book.entries.values.byReference.compactMap(\.doubt)
        guard let doubt = doubts.first else { return _ = try first.get() }
        throw CheckStop.failed(
            "an ordinary order ends in doubt, and only a search can tell that the CA has it: \(doubt.message)")
    }

    private static let request = ConformanceCheck(
        "certificate.request", "The certificate is what was asked for",
        proves: "Key, names, usage, validity and chain pass the comparison that the gateway makes before it delivers.",
        needsFirstCertificate: true
    ) { run in
        let first = try await run.workbench.firstCertificate(run)
        try accept(first, run)
    }

    /// The comparison of the gateway, and what only a test may ask.
    static func accept(_ order: IssuedOrder, _ run: CheckRun, at moment: Date? = nil) throws {
        let problems = problems(order, run, at: moment)
        guard problems.isEmpty else { throw CheckStop.failed(problems.joined(separator: "; ")) }
    }

    static func problems(_ order: IssuedOrder, _ run: CheckRun, at moment: Date? = nil) -> [String] {
        let check = IssuedCertificateCheck(
            acceptedRoots: run.bench.acceptedRoots, now: moment ?? run.clock.now())
        let found = check.problems(
            of: order.issued, for: order.request, accepting: accepted,
            product: run.profile.product(order.request.product))
        return found.filter { $0.kind != .remark }.map(\.sentence) + subjectProblems(order, run)
    }

    /// What an account may be sold: certificates that also log on, in the name of the organization it is of. Whether a template
    /// wants that is a person's to say.
    private static let accepted = AcceptedDifferences(
        extendedKeyUsages: [.clientAuthentication, .emailProtection, .smartCardLogon],
        subject: ["organization": .remark])

    /// Nothing else may stand in the subject, and what the profile says the product cannot do without must.
    private static func subjectProblems(_ order: IssuedOrder, _ run: CheckRun) -> [String] {
        let names = CertifiedNames(order)
        let required = run.profile.product(order.request.product)?.requiredNames ?? []
        return names.wrong + names.missing(required).map { "\($0) is missing, which the product requires" }
    }

    private static let names = ConformanceCheck(
        "certificate.names", "Names are those asked for",
        proves:
            "The addresses and the names the product requires are all there, and no other names are; none that it takes is forgotten.",
        orders: 1, needsFirstCertificate: true
    ) { run in
        let first = try await run.workbench.firstCertificate(run)
        run.note("asked: \(first.request.names.emails.joined(separator: ", "))")
        run.note("certified: \(first.leaf.emailAddresses.joined(separator: ", ")); subject \(first.leaf.subject)")
        let problems = subjectProblems(first, run)
        guard problems.isEmpty else { throw CheckStop.failed(problems.joined(separator: "; ")) }
        guard
            Set(first.leaf.emailAddresses.map { $0.lowercased() })
                == Set(first.request.names.emails.map { $0.lowercased() })
        else { throw CheckStop.failed("the addresses differ from those asked for") }
        try await LostNames(first, run).requireNone(of: RequestedNames.keys)
    }

    private static let validity = ConformanceCheck(
        "certificate.validity", "Validity is what was asked for",
        proves: "The certificate is valid now, and neither much shorter nor longer than asked or allowed.",
        needsFirstCertificate: true
    ) { run in
        let first = try await run.workbench.firstCertificate(run)
        let leaf = first.leaf
        let days = leaf.notAfter.timeIntervalSince(leaf.notBefore) / 86_400
        run.note("valid for \(Int(days.rounded())) days, from \(leaf.notBefore.ISO8601Format())")
        let now = run.clock.now()
        guard leaf.isValid(at: now + 300), leaf.notAfter > now else { throw CheckStop.failed("it is not valid now") }
        if let asked = first.request.validityDays {
            run.note("asked for \(asked) days")
            guard (Double(asked) * 0.9...Double(asked) * 1.1 + 2).contains(days) else {
                throw CheckStop.failed("valid for \(Int(days)) days, asked for \(asked)")
            }
        }
        if first.request.validityDays == nil { run.note("no validity was asked for") }
        if case .range(let range)? = run.facts?.validityDays, days > Double(range.upperBound) + 2 {
            throw CheckStop.failed("valid for \(Int(days)) days, more than the \(range.upperBound) of the product")
        }
    }

    private static let chain = ConformanceCheck(
        "certificate.chain", "The chain is complete and in order",
        proves: "Each certificate is followed by its issuers, without the root, and they lead to an accepted root.",
        needsFirstCertificate: true
    ) { run in
        let first = try await run.workbench.firstCertificate(run)
        let chain = first.issued.certificateChain
        run.note("chain: " + chain.map { $0.subject.commonName ?? "\($0.subject)" }.joined(separator: " ← "))
        for (index, issuer) in chain.enumerated().dropFirst()
        where !chain[..<index].contains(where: { $0.isIssued(by: issuer) }) {
            throw CheckStop.failed("\(issuer.subject) follows, which has issued none of those before it")
        }
        if chain.dropFirst().contains(where: \.isSelfSigned) { throw CheckStop.failed("the root is part of it") }
        do {
            try CertificateChain(chain).verify(trustAnchors: run.bench.acceptedRoots, at: run.clock.now() + 300)
        } catch {
            throw CheckStop.failed("\(error)")
        }
        guard let roots = chain.last, !run.profile.chain.roots.isEmpty, run.bench.sandbox == nil else { return }
        let known = run.bench.acceptedRoots.filter(roots.isIssued(by:)).map(\.sha256Fingerprint)
        guard known.contains(where: run.profile.chain.roots.contains) else {
            throw CheckStop.failed("it does not end in a root that the profile lists under chain.roots")
        }
    }

    private static func purposes(_ bench: ConformanceBench) -> [ConformanceCheck] {
        // The kit orders for people; a server's certificate is requested with a key and names that somebody brings.
        CertificatePurpose.allCases.filter { $0 != .serverAuthentication }.compactMap { purpose in
            let trial = bench.trial
            let candidates =
                [bench.profile.product(trial.product)].compactMap(\.self)
                + bench.profile.products.filter { $0.isOffered(at: bench.services.clock.now()) }
            let offered = candidates.first { $0.purposes.contains(purpose) }.map { trial.with($0, purpose: purpose) }
            guard let trial = offered ?? bench.logon, trial.purpose == purpose else { return nil }
            return ConformanceCheck(
                "purpose.\(purpose.rawValue)", "Certificates for \(purpose.rawValue)",
                proves: "Key usage and extended key usage allow what \(purpose.rawValue) needs, and no more.", orders: 1
            ) { run in
                run.note("product \(trial.product)")
                let order = try await run.issue(run.request("purpose", trial: trial))
                run.note(
                    "key usage \(order.leaf.keyUsage?.description ?? "any"); extended "
                        + order.leaf.extendedKeyUsage.map(\.rawValue).joined(separator: ", "))
                try accept(order, run)
            }
        }
    }
}
