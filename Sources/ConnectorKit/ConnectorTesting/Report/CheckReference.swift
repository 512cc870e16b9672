// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import HTTPTransport
internal import Secrets
internal import YAMLDocuments

/// The checks of the kit as a document: made from the suite for a connector that claims and offers everything.
public enum CheckReference {
    /// A section with a table of all checks.
    ///
    /// - Throws: never in practice; the profile it is made from is part of this file.
    public static func markdown() throws -> String {
        let checks = ConformanceSuite(try bench()).checks
        let rows = checks.map { check in
            let cells = [
                "`\(check.id)`", check.fact, check.ability?.rawValue ?? "",
                check.orders > 0 ? "\(check.orders)" : check.needsFirstCertificate ? "shared" : "",
            ]
            return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }
        return (head + ["", "| check | what a pass proves | ability | orders |", "|---|---|---|---|"] + rows)
            .joined(separator: "\n") + "\n"
    }

    private static let head = [
        "## Checks of `certway ca conformance`", "",
        "`--only` takes an id, its beginning (`revoke`) or a pattern (`*.lost-answer`); `--dry-run` lists those of one backend CA. There is a",
        "`credentials.wrong` for each secret setting (here `apiKey`), and one of `keys`, `purpose`, `declared` and `revoke` for each key type,",
        "purpose, ability and reason of the profile. *Orders* is how many a check places at most; *shared*: it looks at the first one of the run.",
    ]

    private static func bench() throws -> ConformanceBench {
        let purposes = CertificatePurpose.allCases.map(\.rawValue).joined(separator: ", ")
        let abilities = ConnectorAbility.allCases.map(\.rawValue).joined(separator: ", ")
        let reasons = RevocationReason.allCases.map { "\($0.name): \($0.rawValue)" }.joined(separator: ", ")
        let names = RequestedNames.keys.joined(separator: ", ")
        let profile = try ConnectorProfile.read(
            """
            connector: everything
            title: Everything
            module: none
            settings: {apiKey: {type: secret, title: API key}}
            abilities: [\(abilities)]
            revocationReasons: {\(reasons)}
            products: [{id: mail, title: Mail, purposes: [\(purposes)], names: {required: [emails], allowed: [\(names)]}}]
            """, file: "everything.yaml")
        let clock = SystemClock()
        return ConformanceBench(
            profile: profile, connectorType: NoConnector.self,
            settings: ConnectorSettings(secrets: ["apiKey": Secret("sample".utf8)], endpoint: "https://ca.example"),
            services: ConnectorServices(
                http: NoClient(), clock: clock, logger: SilentLogger(),
                rateLimiter: SlidingWindowRateLimiter(limits: [], clock: clock)),
            acceptedRoots: [], trial: OrderTrial(product: "mail", purpose: .smime, key: .p256),
            subjects: TestSubjects(domain: "ours.example", foreignDomain: "not-ours.example", tag: "reference"),
            publications: NoClient(), seed: 1)
    }
}

/// Never asked: the checks are listed and not run.
private struct NoConnector: CertificateAuthorityConnector {
    static let kind: ConnectorKind = "none"
    static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] { [] }
    init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) {}
    func check() async throws -> AccountReport { throw ConnectorError(.configuration, "there is no CA") }
    func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        throw ConnectorError(.configuration, "there is no CA")
    }
}

private struct NoClient: HTTPClient {
    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        throw HTTPTransportError(.notSent, "there is no CA")
    }
}
