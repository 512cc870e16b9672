// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import YAMLDocuments

/// Connects to any CA through a program of the administrator, in any language: one JSON object per line on its standard
/// input and output (README.md of this folder). A crash, a hang or a licence stays on the other side of a pipe.
public struct ExternalConnector: CertificateAuthorityConnector, ProfileDescribing {
    public static let kind: ConnectorKind = "external"
    public static var profileKeys: [ProfileKey] { ExternalProfile.keys }

    private let pool: ProgramPool
    private let services: ConnectorServices
    private let timeout: Duration
    let reasons: RevocationReasonTable
    let answers: AnswerReader
    public let absenceIsSureAfter: Duration
    /// Whether the profile says that the program finds orders by our reference.
    let canFind: Bool

    public static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] { ExternalProfile.read(profile).problems }

    public init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        let (section, problems) = ExternalProfile.read(profile)
        guard problems.isEmpty else {
            throw ConnectorError(
                .configuration, "the connector profile \(profile.file) is not usable",
                detail: problems.map(\.description).joined(separator: "\n"))
        }
        let path = settings.values[section.program]?.string ?? ""
        guard path.hasPrefix("/") else {
            throw ConnectorError(
                .configuration, "settings.\(section.program): expected an absolute path, found \"\(path)\"")
        }
        do {
            try TrustedPath.ofThisProcess.check(path, as: .shared)
        } catch {
            throw ConnectorError(.configuration, "settings.\(section.program): \(error)")
        }
        let exchange = CAExchange(profile, services: services, secrets: Array(settings.secrets.values))
        answers = AnswerReader(chains: IssuedChainReader(profile), exchange: exchange)
        self.services = services
        timeout = section.timeout
        reasons = profile.revocationReasons
        canFind = profile.claims(.findByReference)
        // What a program that died had sent may still be on its way into the CA; and one goes on with its call when the gateway is
        // killed, until its time is over.
        absenceIsSureAfter = max(
            settings.absenceIsSureAfter ?? profile.absenceIsSureAfter ?? .seconds(15 * 60), section.timeout)
        let name = profile.name
        pool = ProgramPool(
            ProgramSpecification(
                path: path,
                start: {
                    let secrets = settings.secrets.mapValues { JSONValue.string($0.revealed) }
                    return [
                        "protocol": 1, "connector": .string(name), "endpoint": .string(settings.endpoint),
                        "settings": .object(settings.values.merging(secrets) { _, secret in secret }),
                    ]
                }, startTimeout: section.startTimeout, maximumAnswer: section.maximumAnswer,
                log: { level, message in
                    let level: LogLevel = level == "debug" ? .debug : level == "warning" ? .warning : .info
                    services.logger.log(
                        level, SafeText.sentence(exchange.mask.masking(message)), fields: [("program", path)])
                }, lines: { ProgramText.lines($0, exchange.mask) }), limit: section.processes, answers: answers)
    }

    public func check() async throws -> AccountReport { try answers.account(try await call("check")) }

    public func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        try answers.outcome(
            try await call("enroll", ["request": request.json], gate: gate), for: request, isCreating: true)
    }

    /// Gives the program one call.
    ///
    /// - Parameter gate: for a call that may make an order, so that a lost answer is `outcomeUnknown`.
    /// - Throws: `ConnectorError`, the program's own included.
    func call(
        _ operation: String, _ members: [String: JSONValue] = [:], gate: SubmissionGate? = nil
    ) async throws -> JSONValue {
        let isCreating = gate != nil
        try await services.rateLimiter.acquire()
        var message = members
        message["operation"] = .string(operation)
        message["timeout"] = .number(timeout / .seconds(1))
        let answer: JSONValue
        do { answer = try await pool.call(message, timeout: timeout) { try await gate?.open() } } catch let failure
            as ProgramFailure
        {
            throw ConnectorError(
                failure.kind(isCreating: isCreating), failure.message, detail: failure.detail,
                hasSurelyNotLeft: isCreating && (failure.cause == .unread || failure.cause == .tooLate))
        }
        if let error = answers.error(answer, isCreating: isCreating) {
            if error.kind == .throttled { await services.rateLimiter.pause(for: error.retryAfter ?? .seconds(5)) }
            throw error
        }
        return answer
    }
}
