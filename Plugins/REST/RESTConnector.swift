// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import HTTPTransport
import JSONDocuments
import PKIX
import YAMLDocuments

/// Connects to any CA with a REST interface, as its profile describes it. This module knows no CA.
public struct RESTConnector: CertificateAuthorityConnector {
    public static let kind: ConnectorKind = "rest"

    let client: RESTClient
    let common: ConnectorProfile
    let settings: ConnectorSettings
    let chains: IssuedChainReader
    private var rules: RESTProfile { client.profile }

    public static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] {
        do {
            _ = try RESTProfile(profile)
            return []
        } catch {
            return error.all
        }
    }

    public init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        let rules: RESTProfile
        do { rules = try RESTProfile(profile) } catch {
            throw ConnectorError(
                .configuration, "the connector profile \(profile.file) is not usable", detail: "\(error)")
        }
        common = profile
        self.settings = settings
        chains = IssuedChainReader(profile)
        do { client = try RESTClient(rules, profile, settings, services) } catch {
            throw ConnectorError(.configuration, "the settings do not fit the login of \(profile.file): \(error)")
        }
    }

    public func check() async throws -> AccountReport {
        let outcome = try await run("check", context()).values
        let facts = (outcome["facts"].object ?? [:]).sorted { $0.key < $1.key }
        return AccountReport(
            account: outcome.sentence("name") ?? "",
            facts: facts.compactMap { name, value in value.identifier.map { (name, $0) } },
            warnings: (outcome["warnings"].array ?? []).compactMap(\.string))
    }

    public func enroll(_ request: CertificateRequest) async throws -> EnrollmentOutcome {
        try await order("enroll", request, context(request))
    }

    func context(_ request: CertificateRequest? = nil, order: CAOrder? = nil) -> RESTContext {
        var context = RESTContext(settings: .object(settings.values))
        context.request = request?.json ?? .null
        context.order = order
        return context
    }

    /// - Throws: `configuration`; the host asks only for what the profile claims.
    func operation(_ name: String) throws -> RESTOperation {
        guard let operation = rules.operations[name] else {
            throw ConnectorError(.configuration, "the connector profile \(common.file) has no operation \(name)")
        }
        return operation
    }

    /// Sends an operation's request and reads the answer.
    func run(
        _ name: String, _ context: RESTContext, link: String? = nil
    ) async throws -> (values: OutcomeValues, answer: HTTPResponse) {
        var context = context
        context.operation = name
        let operation = try operation(name)
        let answer = try await client.send(operation, context, link: link)
        return (try read(operation, answer, context), answer)
    }

    /// The first outcome rule that applies to an answer; the error table where none does.
    func read(_ operation: RESTOperation, _ answer: HTTPResponse, _ context: RESTContext) throws -> OutcomeValues {
        let input = context.json(with: answer)
        do {
            if let found = try operation.choice?.evaluate(input) {
                return OutcomeValues(operation.outcomes[found.rule], found.values)
            }
        } catch {
            throw CAExchange.notUnderstood("\(error)", isCreating: operation.isCreating, detail: error.detail)
        }
        throw client.errors.error(answer, input, isCreating: operation.isCreating)
    }
}
