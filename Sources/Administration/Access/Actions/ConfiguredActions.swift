// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import Gateway
import Ledger
public import Planning
public import Settings
import YAMLDocuments

/// What a caller can do with what is configured: templates, backend CAs, exceptions.
public struct ConfiguredActions: Sendable {
    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, _ caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// `preview`, `switchCA`, `switchBack` and `configure`, by the template's name. One question to the database for all.
    public func of(_ templates: [TemplateConfiguration]) async throws -> [String: [ObjectAction]] {
        let switches = try await ConfigurationStore(ledger: gateway.ledger).switches()
        var all: [String: [ObjectAction]] = [:]
        for template in templates {
            var list = ActionList(caller)
            list.add("preview", .readTemplates)
            list.add("switchCA", .configure) {
                guard gateway.configuration.backendCAs.count < 2 else { return }
                throw Obstacle("there is no other backend CA", instead: "configure one, then switch to it")
            }
            list.add("switchBack", .configure) {
                if !switches.contains(where: { $0.template == template.name }) {
                    throw Obstacle.neverSwitched(template.name)
                }
            }
            list.add("configure", .configure)
            all[template.name] = list.actions
        }
        return all
    }

    /// `check`, `listProducts`, `runConformance` and `configure`. Asks no CA.
    public func of(_ backendCA: BackendCAConfiguration) -> [ObjectAction] {
        var list = ActionList(caller)
        list.add("check", .checkBackendCA)
        list.add("listProducts", .readBackendCAs) { try gateway.backends.require(.listProducts, at: backendCA.name) }
        list.add("runConformance", .runConformance) { try gateway.requireTrial(of: backendCA) }
        list.add("configure", .configure)
        return list.actions
    }

    /// `end`.
    public func of(_ exception: EnrollmentException) -> [ObjectAction] {
        let now = gateway.ledger.clock.now()
        var list = ActionList(caller)
        list.add("end", .grantException) {
            if !exception.isInForce(at: now) {
                throw Obstacle("the exception is over: the group decides again already")
            }
        }
        return list.actions
    }

    /// `enroll`, `include`, `leaveOut` and `endException` of one person and one template.
    ///
    /// - Parameter exception: the one there is, in force or over.
    public func of(_ answer: PersonAnswer.Answer) -> [ObjectAction] {
        let now = gateway.ledger.clock.now()
        let standing = answer.exception.flatMap { $0.isInForce(at: now) ? $0 : nil }
        var list = ActionList(caller)
        list.add("enroll", .placeOrder) {
            try gateway.requireOrdering(by: answer.template)
            if let order = answer.order, order.stage.isOpen {
                throw Obstacle("order \(order.reference) is under way: it is \(order.stage.rawValue)")
            }
            if let certificate = answer.certificate, certificate.status == .active, certificate.notAfter > now {
                throw Obstacle(
                    "certificate \(certificate.serialNumber) is in use until \(CalendarDay.text(certificate.notAfter))",
                    instead: "replace it")
            }
            if let standing, standing.kind == .leaveOut {
                throw Obstacle(standing.sentence, instead: "end the exception first")
            }
        }
        list.add("include", .grantException) {
            if standing?.kind == .include {
                throw Obstacle("there is such an exception already: \(standing?.sentence ?? "")")
            }
        }
        list.add("leaveOut", .grantException) {
            if standing?.kind == .leaveOut {
                throw Obstacle("there is such an exception already: \(standing?.sentence ?? "")")
            }
        }
        list.add("endException", .grantException) {
            if answer.exception == nil { throw Obstacle("there is no exception of template \(answer.template)") }
        }
        return list.actions
    }
}

extension Obstacle {
    static func neverSwitched(_ template: String) -> Obstacle {
        Obstacle(
            "template \(template) has not been switched to another CA by Certway: there is no way back on record",
            instead: "switch it to the CA it came from")
    }
}

extension Gateway {
    /// Whether orders that prove something may be placed there: the run leaves certificates behind, and costs what orders cost.
    ///
    /// - Throws: `Obstacle` for a CA whose certificates the world takes for real.
    func requireTrial(of backendCA: BackendCAConfiguration) throws(Obstacle) {
        guard profiles.catalogue.outline(named: backendCA.connector) != nil else {
            throw Obstacle("connector \(backendCA.connector) of \(backendCA.name) is not here")
        }
        let isElsewhere = backendCA.endpoint.map { URL(string: $0)?.isOnThisMachine ?? false } ?? false
        guard isProduction(backendCA), !isElsewhere else { return }
        throw Obstacle(
            "\(backendCA.name) is at the production of its CA: a run would order certificates that are real",
            instead:
                "configure a backend CA of its test environment, or run 'certway ca conformance \(backendCA.name)' there, which "
                + "orders nothing unless told to")
    }

    /// Whether the configuration, or the profile where it says nothing, names the CA's production: any environment whose name does not
    /// say by one of its words that it is for trials, such as `staging-emea`.
    func isProduction(_ backendCA: BackendCAConfiguration) -> Bool {
        let profile = profiles.catalogue.outline(named: backendCA.connector)
        let environment = backendCA.environment ?? profile?.environments.first?.name ?? "production"
        let words = environment.lowercased().split { !$0.isLetter }.map(String.init)
        return words.allSatisfy { !Self.trialWords.contains($0) } || words.contains { $0.hasPrefix("prod") }
    }

    private static let trialWords: Set<String> = [
        "beta", "demo", "dev", "development", "integration", "pilot", "qa", "sandbox", "staging", "test", "testing",
        "trial", "uat",
    ]
}

extension URL {
    fileprivate var isOnThisMachine: Bool { ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host() ?? "") }
}
