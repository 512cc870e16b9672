// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import ConnectorTesting
import Foundation
public import Gateway
import HTTPTransport
public import JSONDocuments
import Records
import Settings

/// The conformance kit against a configured backend CA of a test environment.
public struct ConformanceAdministration: Sendable {
    /// What is to be tried.
    public struct Wish: Sendable {
        /// What this template orders; nil for the first one of the backend CA.
        public var template: String?
        /// Only these checks: ids, beginnings of ids, or with `*`; empty for all.
        public var only: [String] = []
        /// Orders at most.
        public var orders = 0
        /// Mail domain to order for; nil for the template's first.
        public var domain: String?
        /// Logon name of an account that the CA knows.
        public var userPrincipalName: String?

        public init() {}
    }

    /// Checks that can be run.
    public struct Run: Sendable {
        let suite: ConformanceSuite
        let bench: ConformanceBench
        let environment: String
        let note: @Sendable () async throws -> Void

        public var checks: Int { suite.checks.count }

        /// What would be done.
        public var json: JSONValue {
            [
                "orders": JSONValue(min(suite.orders, bench.orderLimit ?? suite.orders)),
                "checks": .array(
                    suite.checks.map {
                        ["id": .string($0.id), "orders": JSONValue($0.orders), "fact": .string($0.fact)]
                    }),
            ]
        }

        /// Runs all checks, which is on record before; certificates of the run are revoked at its end.
        ///
        /// - Parameter onProgress: gets how many checks are done, and how many there are.
        /// - Returns: the report, as the command writes it.
        public func execute(onProgress: (Int, Int) -> Void) async throws -> JSONValue {
            try await note()
            let (started, clock) = (Date(), ContinuousClock.now)
            let outcome = try await suite.run(bench, willStart: { _, number, count in onProgress(number - 1, count) })
            return ConformanceReport(
                bench, outcome, environment: environment, started: started, duration: clock.duration(to: .now),
                circumstances: [("module", bench.profile.module.rawValue)]
            ).json
        }
    }

    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// Puts a run on record.
    public func note(_ name: String, orders: Int) async throws {
        try await gateway.ledger.audit.record(
            AuditEntry(
                .proveCA, AuditObject(.ca, name), by: AuditActor(named: caller.name),
                after: ["ordersAtMost": JSONValue(orders)]))
    }

    /// - Throws: `Obstacle` at the production of a CA; `AccessDenied` for orders at one that is only on this machine, which may pass them on,
    ///   to somebody who may not configure; `SettingsError` for names that there are not and for orders without a domain.
    public func prepare(_ name: String, _ wish: Wish) async throws -> Run {
        try await Entrance(caller, gateway.ledger.audit).require(.runConformance, for: name)
        guard let configuration = gateway.configuration.backendCA(name) else {
            throw SettingsError.unknown("backend CA", name, gateway.backends.names)
        }
        try gateway.requireTrial(of: configuration)
        if wish.orders > 0, gateway.isProduction(configuration) {
            try await Entrance(caller, gateway.ledger.audit).require(.configure, for: name)
        }
        let logger = gateway.logger
        let parts = try BackendCAFactory(
            catalogue: gateway.profiles.catalogue, modules: gateway.profiles.modules, logger: logger,
            makeHTTPClient: { CurlHTTPClient(trustAnchorsPEM: $0, trace: logger.trace) }
        ).parts(configuration)
        let templates = gateway.configuration.templates.filter { $0.backendCA == name }
        let template = wish.template.map { word in templates.first { $0.name == word } } ?? templates.first
        if let word = wish.template, template == nil {
            throw SettingsError.unknown("template of backend CA \(name)", word, templates.map(\.name))
        }
        let domain = wish.domain ?? template?.addressDomains.first
        guard wish.orders == 0 || domain != nil else {
            throw SettingsError(
                "domain is missing: name a mail domain that the CA may certify for you", at: .commandLine)
        }
        let product = template?.product ?? parts.profile.products.first?.id ?? ""
        let seed = UInt64.random(in: 1...99_999_999)
        var bench = ConformanceBench(
            profile: parts.profile, connectorType: parts.connectorType, settings: parts.settings,
            services: parts.services, acceptedRoots: parts.acceptedRoots,
            trial: template.map { OrderTrial(of: $0, parts.profile) }
                ?? OrderTrial(of: product, parts.profile, key: nil),
            subjects: TestSubjects(
                domain: domain ?? "example.com", foreignDomain: "not-ours.example", tag: "t" + String(seed, radix: 36),
                userPrincipalName: wish.userPrincipalName, securityIdentifier: nil),
            orderLimit: wish.orders, pollEvery: .seconds(2), concurrentOrders: 20, publications: parts.services.http,
            seed: seed)
        bench.logon = templates.map { OrderTrial(of: $0, parts.profile) }.first { !$0.logonNames.isEmpty }
        let suite = ConformanceSuite(bench, only: wish.only)
        guard !suite.checks.isEmpty else {
            throw SettingsError("only: no check is called so; dryRun lists them", at: .commandLine)
        }
        let address = parts.settings.endpoint
        return Run(
            suite: suite, bench: bench, environment: address.isEmpty ? "the CA behind \(name)" : address,
            note: { try await note(name, orders: min(suite.orders, wish.orders)) })
    }
}
