// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import PKIX

/// Which keys and which names a product takes.
enum KeyAndNameChecks {
    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] {
        let allowed = bench.profile.product(bench.trial.product)?.keyTypes ?? []
        let known = allowed.isEmpty ? KeyType.allCases : allowed
        return known.map(key) + [refused(KeyType.allCases.first { !known.contains($0) })]
            + [several, umlauts, longest, longestAddress, pseudonym]
    }

    private static func key(_ type: KeyType) -> ConformanceCheck {
        ConformanceCheck(
            "keys.\(type.rawValue)", "Keys of type \(type.rawValue)",
            proves:
                "The product certifies such keys; one that the profile lists must not be refused.",
            orders: 1, needsFirstCertificate: true
        ) { run in
            var trial = run.bench.trial
            trial.key = type
            let request = try run.request("key", trial: trial)
            guard run.facts?.keyTypes.isEmpty ?? true else {
                return try CertificateChecks.accept(try await run.issue(request), run)
            }
            try await issuedOrRefused(request, run)
        }
    }

    private static func refused(_ type: KeyType?) -> ConformanceCheck {
        let title = type?.rawValue ?? "RSA with 1024 bits"
        return ConformanceCheck(
            "keys.refused", "A key it does not take is refused",
            proves: "A key of type \(title) is refused with a reason, not certified, while others are.", orders: 1,
            needsFirstCertificate: true
        ) { run in
            let key = try type.map(PrivateKey.generate) ?? PrivateKey.generateWeak()
            try await RefusalChecks.refused(
                run.request("badkey", key: key), what: "an order with a key of \(title)", run)
        }
    }

    private static let several = ConformanceCheck(
        "names.several", "Several addresses",
        proves: "All addresses come back; none is dropped.", orders: 1, needsFirstCertificate: true
    ) { run in
        guard run.facts?.takes("emails", by: true) ?? true else {
            throw CheckStop.notApplicable("the product takes no addresses")
        }
        let subjects = run.bench.subjects
        try await kept("several", run) {
            $0.emails += [subjects.address("second"), subjects.address("third-with-hyphen")]
        }
    }

    private static let umlauts = ConformanceCheck(
        "names.umlauts", "Letters beyond ASCII",
        proves: "Umlauts and other letters of names come back unharmed, and no name is forgotten.", orders: 2,
        needsFirstCertificate: true
    ) { run in
        try await kept("umlauts", run, trial: personTrial(run), of: person) {
            $0.givenName = "Jürgen Łukasz"
            $0.surname = "Größler-Çelik"
            $0.commonName = "Jürgen Łukasz Größler-Çelik"
        }
    }

    private static let longest = ConformanceCheck(
        "names.longest", "The longest names",
        proves: "Names as long as RFC 5280 allows come back whole; none is cut or forgotten.", orders: 2,
        needsFirstCertificate: true
    ) { run in
        // Appendix A.1: 64 characters of a common name.
        try await kept("longest", run, trial: personTrial(run), of: person) {
            $0.givenName = "Maximiliane".padding("g", to: 16)
            $0.surname = "Conformance".padding("s", to: 40)
            $0.commonName = "\($0.givenName ?? "") \($0.surname ?? "") ".padding("c", to: 64)
        }
    }

    private static let longestAddress = ConformanceCheck(
        "names.longest-address", "The longest address",
        proves: "An address with 64 octets before the @, as RFC 5321 allows, comes back whole.", orders: 1,
        needsFirstCertificate: true
    ) { run in
        guard run.facts?.takes("emails", by: true) ?? true else {
            throw CheckStop.notApplicable("the product takes no addresses")
        }
        let subjects = run.bench.subjects
        try await kept("address", run) {
            $0.emails = [(subjects.tag + ".").padding("l", to: 64) + "@" + subjects.domain]
        }
    }

    private static let pseudonym = ConformanceCheck(
        "names.pseudonym", "A pseudonym", proves: "A pseudonym comes back as one, and no real name beside it.",
        orders: 2, needsFirstCertificate: true
    ) { run in
        guard run.facts?.takes("pseudonym") == true else {
            throw CheckStop.notApplicable("the product takes no pseudonym, or the profile does not say")
        }
        try await kept("pseudonym", run, of: ["pseudonym"]) {
            $0.pseudonym = "Service Desk"
            $0.commonName = "Service Desk"
            $0.givenName = nil
            $0.surname = nil
        }
    }

    private static let person = ["commonName", "givenName", "surname"]

    /// What to order to see a person's name: the trial where its product takes one or the profile does not say, else a product
    /// of the profile that takes it and needs no name that we do not have.
    private static func personTrial(_ run: CheckRun) -> OrderTrial {
        let trial = run.bench.trial
        func takesPerson(_ facts: ProductFacts) -> Bool { person.contains { facts.takes($0, by: true) } }
        guard let facts = run.facts, !takesPerson(facts) else { return trial }
        let others = run.profile.products.filter(takesPerson).map { facts in
            (facts, trial.with(facts, purpose: facts.purposes.first ?? trial.purpose))
        }.filter { facts, other in
            let names = run.bench.subjects.names("person", for: other, facts).json
            return facts.requiredNames.allSatisfy { names[$0] != nil }
        }
        // One that must have such a name surely takes it.
        let best = others.first { $0.0.requiredNames.contains(where: person.contains) } ?? others.first
        guard let other = best?.1 else { return trial }
        run.note("product \(trial.product) takes no person's name, product \(other.product) is ordered")
        return other
    }

    /// Issued with exactly these names; a product need not take them, but then proves nothing.
    ///
    /// - Parameter keys: of the names in the subject that it is about.
    static func kept(
        _ word: String, _ run: CheckRun, trial: OrderTrial? = nil, of keys: [String] = [],
        _ change: (inout RequestedNames) -> Void
    ) async throws {
        let request = try run.request(word, trial: trial, names: change)
        run.note("asked: \(request.names.json.text)")
        guard keys.isEmpty || keys.contains(where: { request.names.json[$0] != nil }) else {
            throw CheckStop.notApplicable("the product takes none of \(keys.joined(separator: ", "))")
        }
        let order = try await issuedOrRefused(request, run)
        let names = CertifiedNames(order)
        let (asked, missing) = (names.asked(keys), names.missing(keys))
        if !missing.isEmpty { run.note("left out by the CA: \(missing.joined(separator: ", "))") }
        guard !asked.isEmpty, missing == asked else {
            return try await LostNames(order, run, trial: trial).requireNone(of: keys)
        }
        let promised = asked.filter { run.profile.product(request.product)?.takes($0) == true }
        guard promised.isEmpty else {
            throw CheckStop.failed(
                "the product takes \(promised.joined(separator: ", ")), says the profile; the subject is \(order.leaf.subject)"
            )
        }
        throw CheckStop.notApplicable(
            "the product certifies none of \(asked.joined(separator: ", ")); the subject is \(order.leaf.subject)")
    }

    /// Issued exactly as asked.
    ///
    /// - Throws: `CheckStop`: not applicable when it is refused with a reason, while an ordinary order is not.
    @discardableResult
    private static func issuedOrRefused(_ request: CertificateRequest, _ run: CheckRun) async throws -> IssuedOrder {
        let outcome: EnrollmentOutcome
        do { outcome = try await run.outcome(request) } catch let error as ConnectorError where error.kind == .refused {
            outcome = .rejected(OrderRejection(reason: error.message))
        }
        if case .rejected(let rejection) = outcome {
            try run.requireReadable(rejection.reason, of: "the refusal")
            await run.workbench.book.close(request.reference)
            try await run.workbench.requireControlOrder(run)
            throw CheckStop.notApplicable("the CA refuses it, with this reason: \(rejection.reason)")
        }
        let order = try run.issued(outcome, for: request)
        run.note("certified: \(order.leaf.subject); \(order.leaf.emailAddresses.joined(separator: ", "))")
        try CertificateChecks.accept(order, run)
        return order
    }
}

extension String {
    /// Filled up with a letter to a length.
    fileprivate func padding(_ letter: Character, to count: Int) -> String {
        String((self + String(repeating: letter, count: count)).prefix(count))
    }
}
