// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
public import Gateway
public import JSONDocuments
import Ledger
import Planning

/// Whether certificates of a template can be ordered now, and what stands against it.
public struct IssuanceState: Sendable {
    public let template: String
    public let backendCA: String
    /// Nil when nothing stands against it, else one sentence with the next step.
    public let cause: String?
    /// Where nothing else stands against it: why orders wait for a person's consent, or for another budget.
    public let waits: String?
    /// Whether it is switched off on purpose.
    public let isOff: Bool

    public var json: JSONValue {
        [
            "template": .string(template), "backendCA": .string(backendCA), "can": .bool(cause == nil),
            "state": .string(state.rawValue), "cause": JSONValue(cause ?? waits), "off": .bool(isOff),
        ]
    }

    /// How it stands, in one word.
    public enum State: String, Sendable, CaseIterable {
        case can
        /// Certificates can be issued, and orders wait for a person's consent or for another budget.
        case waits
        case cannot
    }

    public var state: State { cause != nil ? .cannot : waits != nil ? .waits : .can }

    /// Of every template. Reads the database, and what the backend CAs of this process have met; calls nobody.
    ///
    /// - Parameter readiness: what the service has found last; nil where nothing looks.
    /// - Throws: `StoreError`.
    public static func all(_ gateway: Gateway, _ readiness: Readiness?) async throws -> [IssuanceState] {
        let stops = try await gateway.store.placementStops()
        let alarms = gateway.backends.openAlarms
        return gateway.configuration.templates.map { template in
            let name = template.backendCA
            var cause = stops.obstacle(template: template.name)
            if cause == nil {
                switch gateway.backends[name] {
                case .unusable(let reason)?: cause = "backend CA \(name): \(reason)"
                case nil: cause = "backend CA \(name) is not configured"
                case .ready?:
                    cause =
                        alarms[name].map { "backend CA \(name): \($0)" }
                        ?? (template.enabled ? readiness?.sentence(aboutTemplate: template.name) : nil)
                }
            }
            return IssuanceState(
                template: template.name, backendCA: name, cause: cause,
                waits: cause == nil ? stops.consent(template: template.name) : nil, isOff: !template.enabled)
        }
    }
}
