// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
public import HTTPTransport
public import JSONDocuments

/// Tells a sandbox CA what to do, and asks it what it holds. Only for CAs that are ours to command.
public protocol SandboxControl: Sendable {
    /// Sets switches such as `pendingPolls`, `manualApproval`, `expireCredentials`, `disobey` (docs/sandbox.md).
    func set(_ switches: JSONValue) async throws
    /// Approves or rejects what waits.
    ///
    /// - Parameter order: the CA's id of one order; nil for all.
    func decide(approve: Bool, order: String?, reason: String) async throws
    /// Ids of all orders the CA has taken.
    func orders() async throws -> Set<String>
    /// Whether a client can learn from the CA why an order was rejected.
    var tellsReasons: Bool { get async throws }
    /// Whether the CRL shows the reasons for which certificates were revoked, as far as the CA was told.
    var publishesReasons: Bool { get async throws }
}

extension SandboxControl {
    public var publishesReasons: Bool { true }

    /// Decides one order by whichever id the sandbox knows; where it goes by ids that no customer sees, all that wait.
    func decide(approve: Bool, _ order: CAOrder, reason: String) async throws {
        for id in [order.caRequestID] + order.identifiers.values.sorted() {
            if (try? await decide(approve: approve, order: id, reason: reason)) != nil { return }
        }
        try await decide(approve: approve, order: nil, reason: reason)
    }

    /// Runs `body` while the switches are set, and sets them back whatever happens.
    func with<Result>(_ switches: JSONValue, back: JSONValue, _ body: () async throws -> Result) async throws -> Result
    {
        try await set(switches)
        do {
            let result = try await body()
            try await set(back)
            return result
        } catch {
            try await set(back)
            throw error
        }
    }
}

/// The control API of `certway-sandbox`.
public struct HTTPSandboxControl: SandboxControl {
    private let http: any HTTPClient
    private let address: String

    /// - Parameters:
    ///   - control: base address of the control API.
    ///   - name: of the CA there.
    public init(control: String, name: String, http: any HTTPClient) {
        self.http = http
        address = "\(control)/control/cas/\(name)"
    }

    public func set(_ switches: JSONValue) async throws { _ = try await call("POST", "", switches) }

    public func decide(approve: Bool, order: String?, reason: String) async throws {
        let decision: JSONValue = ["decision": approve ? "approve" : "reject", "reason": .string(reason)]
        _ = try await call("POST", "/orders/\(PercentEncoding.encode(order ?? "all"))", decision)
    }

    public func orders() async throws -> Set<String> {
        let orders = try await call("GET", "")["orders"]?.array ?? []
        return Set(orders.enumerated().map { index, order in order["id"]?.identifier ?? "#\(index)" })
    }

    public var tellsReasons: Bool {
        get async throws {
            // Who has no reasons cannot withhold them.
            try await call("GET", "")["disobediences"]?.array?.contains("rejects-without-reason") == true
        }
    }

    public var publishesReasons: Bool {
        get async throws { try await call("GET", "")["publishesReasons"]?.bool ?? true }
    }

    private func call(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        let answer = try await http.send(
            HTTPRequest(
                method: method, url: address + path, headers: [("Content-Type", "application/json")],
                body: body.map { Array($0.text.utf8) }))
        guard answer.isSuccess else {
            let reason = (try? JSONValue(parsing: answer.body))?["error"]?.string
            throw SandboxControlError(
                message: "the sandbox refuses: \(reason ?? "status \(answer.status), \(answer.text)")")
        }
        return try JSONValue(parsing: answer.body)
    }
}

/// The sandbox did not do as it was told.
public struct SandboxControlError: Error, CustomStringConvertible {
    public let message: String
    public var description: String { message }
}
