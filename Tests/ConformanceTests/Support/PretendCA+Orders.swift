// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import JSONDocuments
import PKIX

/// Orders: placed, shown, listed and withdrawn.
extension PretendCA {
    func place(_ body: JSONValue) throws -> JSONValue {
        let reference = body["reference"]?.string ?? ""
        let (status, reason) = try decision(body, reference)
        let certificate = status == "rejected" ? nil : try sign(body, reference)
        let id = state.withLock { state in
            if let predecessor = body["predecessor"]?.string, vice == .renewalRevokes,
                let old = state.orders.first(where: { $0.id == predecessor })?.certificate
            {
                state.revoked.append(
                    .init(serialNumber: old.serialNumber, revocationDate: clock.now(), reasonCode: 4))
            }
            if vice == .mixesOrders, reference.isAbout("load"), state.orders.count % 7 == 6,
                let last = state.orders.last, last.reference.isAbout("load")
            {
                return last.id
            }
            let neverEnds =
                vice == .neverIssues && reference.isAbout("first")
                || vice == .losesWaitingOrders && reference.isAbout("pending")
            for _ in 0..<(vice == .ordersTwice && reference.isAbout("one") ? 2 : 1) {
                state.orders.append(
                    Order(
                        id: "\(1000 + state.orders.count)", reference: reference,
                        email: body["emails"]?.array?.first?.string ?? "",
                        status: neverEnds && status == "issued" ? "working" : status, reason: reason,
                        polls: neverEnds ? .max : state.pendingPolls, certificate: certificate))
            }
            return state.orders.last?.id ?? ""
        }
        return state.withLock { state in state.orders.first { $0.id == id }.map(json) ?? .null }
    }

    /// Whether the CA issues, waits or refuses, and why.
    private func decision(_ body: JSONValue, _ reference: String) throws -> (status: String, reason: String) {
        if vice == .refusesEverything { return ("rejected", "we are closed for today") }
        if body["product"] != "mail", body["product"] != "logon", vice != .takesAnyProduct {
            return ("rejected", vice == .refusesProductsSilently ? "" : "there is no such product")
        }
        let type = try CertificateSigningRequest(pem: body["csr"]?.string ?? "").publicKey.keyType
        if type == nil, vice != .takesWeakKeys { return ("rejected", "the key is too weak") }
        if vice == .refusesCurves && type == .p384 || vice == .refusesKeys && reference.isAbout("key") {
            return ("rejected", "such keys are not taken")
        }
        let emails = body["emails"]?.array?.compactMap(\.string) ?? []
        if emails.contains(where: { !$0.hasSuffix("@ours.example") }), vice != .certifiesAnyDomain {
            return ("unproven", "")
        }
        if vice == .decidesAtOnce { return ("issued", "") }
        return (state.withLock { $0.isHolding ? "held" : $0.pendingPolls > 0 ? "working" : "issued" }, "")
    }

    /// One order as somebody who asks sees it.
    func show(_ id: String) -> HTTPResponse {
        state.withLock { state in
            guard let index = state.orders.firstIndex(where: { $0.id == id }) else {
                if vice == .unknownOrderWaits { return reply(["id": .string(id), "status": "held"]) }
                if vice == .unknownOrderIsIssued, let other = state.orders.first(where: { $0.status == "issued" }) {
                    return reply(json(other))
                }
                return reply(["reason": "there is no such order"], 404)
            }
            let status = state.orders[index].status
            if status == "working" {
                state.orders[index].polls -= 1
                if state.orders[index].polls < 0 { state.orders[index].status = "issued" }
            }
            if vice == .provesByItself, status == "unproven" { state.orders[index].reason = "proven, says nobody" }
            if vice == .approvesByItself && status == "held" || vice == .issuesWithoutProof && status == "unproven" {
                state.orders[index].status = "issued"
            }
            return reply(json(state.orders[index]))
        }
    }

    func list(of address: String?) -> HTTPResponse {
        let orders = state.withLock(\.orders).filter { address == nil || $0.email == address }
        let rows = (vice == .inventoryIncomplete ? Array(orders.dropFirst()) : orders).map(json)
        return reply(["orders": .array(vice == .inventoryRepeats ? rows + rows : rows)])
    }

    func cancel(_ id: String) -> HTTPResponse {
        state.withLock { state in
            let index = state.orders.firstIndex { $0.id == id }
            if let index, vice == .cancelsIssued, state.orders[index].status == "issued" { return reply([:]) }
            guard let index, ["held", "unproven"].contains(state.orders[index].status) else {
                return reply(["reason": "it can no longer be withdrawn"], 409)
            }
            if vice != .ignoresCancel {
                state.orders[index].status = "cancelled"
                state.orders[index].reason = "withdrawn by the customer"
            }
            return reply([:])
        }
    }

    /// The addresses of an order, and whether somebody has proven that they are theirs.
    func proofs(_ id: String) -> HTTPResponse {
        let order = state.withLock(\.orders).first { $0.id == id }
        let email = order?.email ?? ""
        let row: JSONValue = [
            "address": .string(vice == .listsAnotherAddress ? "boss@ours.example" : email),
            "proven": .bool(vice == .saysProven || vice == .provesByItself && order?.reason.isEmpty == false),
        ]
        return reply(["addresses": .array(vice == .listsAddressTwice ? [row, row] : [row])])
    }

    private func json(_ order: Order) -> JSONValue {
        var chain = order.certificate?.pem ?? ""
        if vice == .sendsTheRoot, order.reference.isAbout("first") { chain += root.pem }
        return [
            "id": .string(order.id), "reference": .string(order.reference), "status": .string(order.status),
            "reason": .string(order.reason), "email": .string(order.email),
            "serial": .string(vice == .wrongSerial ? "ABCD" : order.certificate?.serialNumber.hex ?? ""),
            "chain": order.status == "issued" ? .string(chain) : .null,
        ]
    }
}

extension String {
    /// Whether a reference of the kit is that of an order for a purpose.
    func isAbout(_ word: String) -> Bool { contains("-t1-\(word)") }
}
