// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation
internal import HTTPTransport
internal import PKIX
internal import Secrets

/// Whether credentials count, and what is said when they do not.
enum CredentialChecks {
    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] {
        [good, report] + wrong(bench) + [expired, refusedOnce]
    }

    static let goodID = "credentials.good"

    private static let good = ConformanceCheck(
        goodID, "Good credentials are accepted", proves: "The CA answers, knows us, and lets us issue."
    ) { run in
        let report = try await run.repeating { try await run.connector.check() }
        run.note("account: \(report.account)")
    }

    private static let report = ConformanceCheck(
        "account.report", "The account report is fit to be shown",
        proves: "The account has a name, facts are one line each, and no secret is among them."
    ) { run in
        let report = try await run.repeating { try await run.connector.check() }
        let texts = [report.account] + report.facts.flatMap { [$0.name, $0.value] } + report.warnings
        guard !report.account.trimmingCharacters(in: .whitespaces).isEmpty else {
            throw CheckStop.failed("the account has no name")
        }
        let mask = SecretMaskOfSettings(run.bench.settings)
        if texts.contains(where: { mask.masking($0) != $0 }) { throw CheckStop.failed("a secret stands in the report") }
        if let long = texts.first(where: { $0.contains("\n") || $0.count > 1000 }) {
            throw CheckStop.failed("\"\(SafeText.sentence(long))\" is not one short line")
        }
        for fact in report.facts { run.note("\(fact.name): \(fact.value)") }
        for warning in report.warnings { run.note("warning: \(warning)") }
    }

    private static func wrong(_ bench: ConformanceBench) -> [ConformanceCheck] {
        bench.settings.secrets.keys.sorted().map { key in
            ConformanceCheck(
                "credentials.wrong.\(key)", "A wrong \(key) is refused",
                proves: "A wrong \(key) is reported as an operator's matter, and nothing is issued with it.", orders: 1
            ) { run in
                // What is tested is one word or one key pair; what it was stays secret.
                var settings = run.bench.settings
                settings.secrets[key] = try replacement(for: settings.secrets[key])
                do {
                    let connector = try run.bench.connector(settings: settings)
                    _ = try await connector.check()
                    run.note("check does not look at \(key); an order does")
                    let request = try run.request("wrong")
                    try await run.workbench.book.open(request)
                    let outcome = try await connector.enroll(request)
                    await run.workbench.book.note(outcome, for: request.reference)
                    guard case .rejected(let rejection) = outcome else {
                        throw CheckStop.failed("a wrong \(key) is accepted, for an order too")
                    }
                    try run.requireReadable(rejection.reason, of: "an order with a wrong \(key)")
                    try await run.workbench.requireControlOrder(run)
                    run.note("order rejected: \(rejection.reason)")
                } catch let error as ConnectorError {
                    run.workbench.observations.add(error)
                    run.note("\(error)")
                    try run.require(error, .authentication, .configuration, of: "a wrong \(key)")
                }
            }
        }
    }

    /// Something of the same kind that the CA does not know.
    private static func replacement(for secret: Secret?) throws -> Secret {
        let text = secret?.revealed ?? ""
        // PKCS #12 is longer than 127 bytes, so its length has the high bit, which no word that begins with "0" has.
        let isDER = secret?.withBytes { $0.count > 1 && $0[0] == 0x30 && $0[1] > 0x80 } ?? false
        guard isDER || text.contains("-----BEGIN") else {
            return Secret("wrong" + SecureRandom.bytes(12).map { String($0, radix: 16) }.joined())
        }
        let key = try PrivateKey.generate(.rsa2048)
        let certificate = try CertificateBuilder(
            profile: .clientAuthentication, subject: [("CN", "Not known to the CA")], publicKey: key.publicKey,
            notBefore: Date() - 3600, notAfter: Date() + 86_400
        ).selfSigned(key: key)
        return Secret(certificate.pem + (try key.pem().revealed))
    }

    private static let expired = ConformanceCheck(
        "credentials.expired", "Expired credentials are reported",
        proves: "Credentials that ended are reported as an operator's matter, and work again when they are renewed."
    ) { run in
        guard !run.bench.settings.secrets.isEmpty else {
            throw CheckStop.notApplicable("the connector has no credentials")
        }
        let sandbox = try run.sandbox(
            "let the credentials expire at the CA, or give expired ones to a second backend CA")
        let error = try await sandbox.with(["expireCredentials": true], back: ["expireCredentials": false]) {
            try await run.error(of: "check with expired credentials") { try await run.bench.connector().check() }
        }
        try run.require(error, .authentication, .configuration, of: "check with expired credentials")
        _ = try await run.repeating { try await run.bench.connector().check() }
    }

    private static let refusedOnce = ConformanceCheck(
        "credentials.refused-once", "A login that ended in between is noticed",
        proves:
            "After an answer 401 the connector logs in again, or says that the credentials are not accepted; it never loses "
            + "an order over it.", orders: 1
    ) { run in
        try await run.requireHTTP()
        let faulty = try run.faultyConnector()
        _ = try? await faulty.connector.check()
        let before = try await run.ordersAtCA()
        let request = try run.request("login")
        try await run.workbench.book.open(request)
        faulty.client.arm(.answer(HTTPResponse(status: 401, headers: HTTPHeaders([("WWW-Authenticate", "Bearer")]))))
        do {
            let outcome = try await faulty.connector.enroll(request)
            run.note("logged in again by itself")
            try await run.expectIssuedOnce(outcome, request, after: before)
        } catch let error as ConnectorError {
            run.workbench.observations.add(error)
            await run.workbench.book.close(request.reference)
            run.note("\(error)")
            try run.requireMeaning(error, .authentication, of: "an order answered 401")
        }
    }
}
