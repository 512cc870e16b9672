// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

/// The names by which somebody logs on. A certificate with those of another account is a way in, so the comparison that
/// keeps it away is put to the test, too.
enum LogonChecks {
    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] { [upn, identifier] }

    private static let upn = ConformanceCheck(
        "names.upn", "The user principal name",
        proves: "The name for logon comes back as it was asked for, and a certificate without it is not accepted.",
        orders: 1
    ) { run in
        let name = "userPrincipalName"
        if let trial = trial(name, run) {
            return try await prove(name, \.userPrincipalName, other: run.bench.subjects.address("other"), trial, run)
        }
        guard run.facts.map({ $0.allowedNames == nil && $0.purposes.isEmpty }) ?? true else {
            throw CheckStop.notApplicable("no product of the profile takes a user principal name")
        }
        guard run.bench.sandbox != nil else {
            throw CheckStop.notApplicable("no template of this backend CA asks for a user principal name")
        }
        // What can be ordered is the customer's own, and some of it takes such a name.
        let address = run.bench.subjects.address("logon")
        try await KeyAndNameChecks.kept("upn", run) { $0.userPrincipalName = address }
    }

    private static let identifier = ConformanceCheck(
        "names.security-identifier", "The security identifier",
        proves:
            "The identifier of the account comes back as it was asked for, and a certificate without it is not accepted.",
        orders: 1
    ) { run in
        let name = "securityIdentifier"
        guard let trial = trial(name, run) else {
            throw CheckStop.notApplicable("no template or product asks for a security identifier")
        }
        try await prove(name, \.securityIdentifier, other: "S-1-5-21-1004336348-1177238915-682003330-500", trial, run)
    }

    /// What to order with such a name: what is named for logon, or a product of the profile that takes it.
    private static func trial(_ name: String, _ run: CheckRun) -> OrderTrial? {
        if let logon = run.bench.logon, logon.logonNames.contains(name) { return logon }
        let known = [run.facts].compactMap(\.self) + run.profile.products
        let facts = known.first { $0.takes(name, by: $0.purposes.contains(.clientAuthentication)) }
        return facts.map { facts in
            let purpose = facts.purposes.first { $0 == .clientAuthentication } ?? run.bench.trial.purpose
            var trial = run.bench.trial.with(facts, purpose: purpose)
            trial.logonNames.insert(name)
            return trial
        }
    }

    /// Orders with the name, and then compares the certificate with requests that ask for another one and for none.
    private static func prove(
        _ name: String, _ member: WritableKeyPath<RequestedNames, String?>, other: String, _ trial: OrderTrial,
        _ run: CheckRun
    ) async throws {
        let order = try await run.issue(run.request("logon", trial: trial))
        let asked = order.request.names[keyPath: member]
        run.note("product \(trial.product), asked: \(asked ?? "nothing")")
        run.note(
            "certified: \((order.leaf.userPrincipalNames + order.leaf.securityIdentifiers).joined(separator: ", "))")
        try CertificateChecks.accept(order, run)
        for wrong in [other, nil] {
            var request = order.request
            request.names[keyPath: member] = wrong
            let problems = CertificateChecks.problems(IssuedOrder(request: request, issued: order.issued), run)
            run.note("asked for \(wrong ?? "none"): \(problems.joined(separator: "; "))")
            for told in [wrong, asked].compactMap(\.self) where !problems.contains(where: { $0.contains(told) }) {
                throw CheckStop.failed("a certificate is accepted whose \(name) is not the one asked for")
            }
        }
    }
}
