// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import ConnectorTesting
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Synchronization

/// The CA behind `PretendConnector`: JSON over HTTP without a socket, in memory, with a vice if wanted.
final class PretendCA: HTTPClient {
    struct Order {
        let id: String
        let reference: String
        let email: String
        var status: String
        var reason = ""
        var polls = 0
        var certificate: Certificate?
    }

    private struct State {
        var orders: [Order] = []
        var revoked: [CertificateRevocationList.Entry] = []
        var isHolding = false
        var pendingPolls = 0
        var areCredentialsExpired = false
    }

    let root: Certificate
    private let key: PrivateKey
    private let vice: Vice?
    private let state = Mutex(State())

    init(_ vice: Vice?) throws {
        self.vice = vice
        key = try PrivateKey.generate(.p256)
        root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Pretend Root")], publicKey: key.publicKey,
            notBefore: Date() - 3600,
            notAfter: Date() + 3650 * 86_400
        ).selfSigned(key: key)
    }

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        guard !request.headers.contains(where: { $0.value.contains("\n") }) else {
            throw HTTPTransportError(.invalidRequest, "a header line has control characters")
        }
        do { return try answer(request) } catch { throw HTTPTransportError(.unknownOutcome, "\(error)") }
    }

    func set(_ switches: JSONValue) {
        state.withLock { state in
            if let flag = switches["manualApproval"]?.bool { state.isHolding = flag }
            if let value = switches["pendingPolls"] { state.pendingPolls = value.int ?? 0 }
            if let flag = switches["expireCredentials"]?.bool { state.areCredentialsExpired = flag }
        }
    }

    func decide(_ id: String, approve: Bool, reason: String) {
        state.withLock { state in
            guard let index = state.orders.firstIndex(where: { $0.id == id && $0.status == "held" }) else { return }
            state.orders[index].status = approve || vice == .issuesRejected ? "issued" : "rejected"
            state.orders[index].reason = vice == .rejectsWithoutReason ? "" : reason
        }
    }

    var orderIDs: Set<String> { state.withLock { Set($0.orders.map(\.id)) } }

    func crl() throws -> [UInt8] {
        let entries = vice == .hidesRevocation ? [] : state.withLock(\.revoked)
        return try CertificateRevocationList.make(
            issuer: root, key: key, number: 1, thisUpdate: Date() - 60, nextUpdate: Date() + 3600, entries: entries
        ).der
    }

    private func answer(_ request: HTTPRequest) throws -> HTTPResponse {
        func reply(_ value: JSONValue, _ status: Int = 200) -> HTTPResponse {
            HTTPResponse(status: status, body: Array(value.text.utf8))
        }
        let expired = state.withLock(\.areCredentialsExpired)
        let isKnown = request.headers.contains { $0.name == "X-Key" && $0.value == "the-right-key" }
        guard isKnown && !expired || vice == .acceptsAnyKey else {
            return reply(["reason": "the key is not valid"], 401)
        }
        let path = HTTPPath(request.url)
        let body = try request.body.map { try JSONValue(parsing: $0) } ?? .null
        switch (request.method, path.first) {
        case ("GET", "account"): return reply(["account": "Pretend Account"])
        case ("POST", "orders"): return reply(try place(body))
        case ("GET", "orders"):
            let orders = state.withLock(\.orders).filter { path.second.isEmpty || $0.id == path.second }
            guard !orders.isEmpty || path.second.isEmpty else {
                return vice == .unknownOrderWaits
                    ? reply(["id": .string(path.second), "status": "held"])
                    : reply(["reason": "there is no such order"], 404)
            }
            guard path.second.isEmpty else { return reply(try show(path.second)) }
            let listed = vice == .inventoryIncomplete ? Array(orders.dropFirst()) : orders
            let rows = listed.map(json)
            return reply(["orders": .array(vice == .inventoryRepeats ? rows + rows : rows)])
        case ("POST", "cancel"):
            return state.withLock { state in
                guard let index = state.orders.firstIndex(where: { $0.id == path.second }),
                    ["held", "unproven"].contains(state.orders[index].status)
                else { return reply(["reason": "it can no longer be withdrawn"], 409) }
                if vice != .ignoresCancel {
                    state.orders[index].status = "cancelled"
                    state.orders[index].reason = "withdrawn by the customer"
                }
                return reply([:])
            }
        case ("GET", "proofs"):
            let order = state.withLock(\.orders).first { $0.id == path.second }
            return reply(["addresses": [.string(order?.email ?? "")]])
        case ("POST", "mails"): return reply([:])
        case ("POST", "revoke"): return revoke(path.second, body["reason"]?.int ?? 0, reply)
        default: return reply(["reason": "no such thing"], 404)
        }
    }

    private func revoke(_ serial: String, _ reason: Int, _ reply: (JSONValue, Int) -> HTTPResponse) -> HTTPResponse {
        state.withLock { state in
            guard let number = SerialNumber(hex: serial),
                state.orders.contains(where: { $0.certificate?.serialNumber == number })
            else { return reply(["reason": "there is no such certificate"], 404) }
            if reason == 8, vice == .neverReleases { return reply([:], 200) }
            state.revoked.removeAll { $0.serialNumber == number }
            if reason == 8 { return reply([:], 200) }
            var numbers = [number]
            if vice == .revokesAnother, let other = state.orders.last(where: { $0.certificate?.serialNumber != number })
            {
                numbers = [number] + [other.certificate?.serialNumber].compactMap(\.self)
            }
            state.revoked += numbers.map {
                .init(
                    serialNumber: $0, revocationDate: Date(),
                    reasonCode: vice == .wrongRevocationReason ? 2 : vice == .hidesReasons ? 0 : reason)
            }
            return reply([:], 200)
        }
    }

    private func place(_ body: JSONValue) throws -> JSONValue {
        let csr = try CertificateSigningRequest(pem: body["csr"]?.string ?? "")
        let emails = body["emails"]?.array?.compactMap(\.string) ?? []
        var status = state.withLock { $0.isHolding ? "held" : $0.pendingPolls > 0 ? "working" : "issued" }
        var reason = ""
        if body["product"] != "mail" { (status, reason) = ("rejected", "there is no such product") }
        if status != "rejected", emails.contains(where: { !$0.hasSuffix("@ours.example") }) { status = "unproven" }
        if try csr.publicKey.keyType == nil, vice != .takesWeakKeys {
            (status, reason) = ("rejected", "the key is too weak")
        }
        if vice == .refusesCurves, try csr.publicKey.keyType == .p384 {
            (status, reason) = ("rejected", "such keys are not taken")
        }
        if vice == .refusesEverything { (status, reason) = ("rejected", "we are closed for today") }
        if vice == .rejectsWithoutReason { reason = "" }
        if vice == .neverIssues, status == "issued" { status = "working" }
        let certificate = status == "rejected" ? nil : try sign(csr, body)
        let id = state.withLock { state in
            if vice == .mixesOrders, state.orders.count % 7 == 6, let last = state.orders.last { return last.id }
            for _ in 0..<(vice == .ordersTwice ? 2 : 1) {
                state.orders.append(
                    Order(
                        id: "\(1000 + state.orders.count)", reference: body["reference"]?.string ?? "",
                        email: emails.first ?? "", status: status, reason: reason,
                        polls: vice == .neverIssues ? .max : state.pendingPolls, certificate: certificate))
            }
            return state.orders.last?.id ?? ""
        }
        return try show(id)
    }

    private func sign(_ csr: CertificateSigningRequest, _ body: JSONValue) throws -> Certificate {
        var emails = body["emails"]?.array?.compactMap(\.string) ?? []
        if vice == .dropsAddresses { emails = Array(emails.prefix(1)) }
        if vice == .addsAddress { emails.append("boss@ours.example") }
        var name = body["commonName"]?.string ?? ""
        if vice == .mangleUmlauts { name = String(name.map { $0.isASCII ? $0 : "?" }) }
        if vice == .cutsNames { name = String(name.prefix(40)) }
        let days = vice == .shortValidity ? 30.0 : vice == .longValidity ? 700 : Double(body["days"]?.int ?? 90)
        let start = vice == .expired ? Date() - 100 * 86_400 : Date() - 60
        return try CertificateBuilder(
            profile: vice == .wrongUsage ? .clientAuthentication : .smime,
            subject: [vice == .leavesNamesOut ? ("O", "Pretend Company") : ("CN", name)],
            publicKey: vice == .wrongKey ? PrivateKey.generate(.p256).publicKey : csr.publicKey,
            alternativeNames: emails.map(GeneralName.rfc822Name), notBefore: start,
            notAfter: start + days * 86_400
        ).signed(by: root, key: key)
    }

    private func show(_ id: String) throws -> JSONValue {
        state.withLock { state in
            guard let index = state.orders.firstIndex(where: { $0.id == id }) else { return .null }
            if state.orders[index].status == "working" {
                state.orders[index].polls -= 1
                if state.orders[index].polls < 0 { state.orders[index].status = "issued" }
            }
            return json(state.orders[index])
        }
    }

    private func json(_ order: Order) -> JSONValue {
        [
            "id": .string(order.id), "reference": .string(order.reference), "status": .string(order.status),
            "reason": .string(order.reason), "email": .string(order.email),
            "serial": .string(vice == .wrongSerial ? "ABCD" : order.certificate?.serialNumber.hex ?? ""),
            "chain": order.status == "issued" ? .string(order.certificate?.pem ?? "") : .null,
        ]
    }
}

/// The path of an address, taken apart: `/orders/17`.
private struct HTTPPath {
    let first: String
    let second: String

    init(_ url: String) {
        let parts = URL(string: url)?.pathComponents.filter { $0 != "/" } ?? []
        first = parts.first ?? ""
        second = parts.dropFirst().first ?? ""
    }
}

/// The control side of the pretend CA.
struct PretendControl: SandboxControl {
    let ca: PretendCA
    func set(_ switches: JSONValue) async throws { ca.set(switches) }
    func decide(approve: Bool, order: String?, reason: String) async throws {
        ca.decide(order ?? "", approve: approve, reason: reason)
    }
    func orders() async throws -> Set<String> { ca.orderIDs }
    var tellsReasons: Bool { true }
}
