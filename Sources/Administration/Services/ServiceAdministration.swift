// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Gateway
public import JSONDocuments
import Ledger

/// Whether everything works that the gateway depends on, as it was looked at last: a look calls tenant and CAs, so that whoever only
/// wants to know does not wait for it.
public struct ServiceAdministration: Sendable {
    private static let name = "services.examined"

    private let gateway: Gateway

    public init(_ gateway: Gateway) { self.gateway = gateway }

    /// What was found last, and when; nil before the first look.
    ///
    /// - Throws: `StoreError`.
    public func last() async throws -> JSONValue? { try await gateway.ledger.state(Self.name) }

    /// Looks at everything, as 'certway doctor' does, and keeps what is found for `last`. Only reads, at the CAs and in the tenant, too.
    ///
    /// - Throws: `StoreError`.
    public func examine() async throws -> JSONValue {
        let examination = try await Doctor(gateway).examine()
        let value: JSONValue = [
            "at": .string(gateway.ledger.clock.now().ISO8601Format()), "findings": examination.json,
            "failed": .bool(examination.hasFailed), "standsStill": .bool(examination.standsStill),
        ]
        try await gateway.ledger.setState(Self.name, value)
        return value
    }
}
