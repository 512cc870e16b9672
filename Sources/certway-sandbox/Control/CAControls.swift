// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// The same control API for every CA: its orders, what waits, and what it shall do wrong.
struct CAControls: Sendable {
    private let controls: [(name: String, control: any CAControl)]

    private let clock: SandboxClock

    init(_ authorities: [any CASandbox], clock: SandboxClock) {
        controls = authorities.map { (type(of: $0).name, $0.control) }
        self.clock = clock
    }

    var routes: [Route] {
        [
            Route("control.orders", "GET", "/control/orders") { _ in
                .json(["orders": .array(controls.flatMap(\.control.ordersJSON))])
            },
            Route("control.cas", "GET", "/control/cas/{name}") { call in .json(json(try find(call))) },
            Route("control.setCA", "POST", "/control/cas/{name}") { call in
                let control = try find(call)
                guard let members = call.json?.object else { throw ControlError.reply("expected a JSON object") }
                try control.switches.set(members, now: clock.now)
                return .json(control.switches.json)
            },
            Route("control.decide", "POST", "/control/cas/{name}/orders/{order}") { try decide($0) },
        ]
    }

    /// For `GET /control/state`.
    var counts: JSONValue {
        .object(
            Dictionary(
                uniqueKeysWithValues: controls.map { name, control in
                    var counts = Dictionary(grouping: control.statuses) { $0 }.mapValues { JSONValue($0.count) }
                    let certificates = control.ordersJSON.flatMap { $0["certificates"]?.array ?? [] }
                    let revoked = certificates.count { $0["revoked"]?.bool == true }
                    if revoked > 0 { counts["certificatesRevoked"] = JSONValue(revoked) }
                    return (name, .object(counts))
                }))
    }

    private func find(_ call: Call) throws(Reply) -> any CAControl {
        guard let found = controls.first(where: { $0.name == call["name"] }) else {
            throw ControlError.reply(
                "no CA '\(call["name"])' is running; there are: \(controls.map(\.name).joined(separator: ", "))",
                status: 404)
        }
        return found.control
    }

    private func json(_ control: any CAControl) -> JSONValue {
        [
            "settings": control.switches.json, "orders": .array(control.ordersJSON),
            "publishesReasons": .bool(control.publishesReasons),
            "disobediences": JSONValue(control.switches.lies.map(\.rawValue)),
        ]
    }

    private func decide(_ call: Call) throws(Reply) -> Reply {
        let control = try find(call)
        let decision: OrderDecision
        switch call.json?["decision"]?.string {
        case "approve": decision = .approve
        case "reject": decision = .reject(reason: call.json?["reason"]?.string ?? "rejected by the approver")
        case "reconsider": decision = .reconsider
        case "revoke", "release": return try changeRevocation(call, control)
        default:
            throw ControlError.reply(
                "'decision' must be \"approve\", \"reject\", \"reconsider\", \"revoke\" or \"release\"")
        }
        let order = call["order"]
        return .json(["decided": JSONValue(try control.decide(order: order == "all" ? nil : order, decision))])
    }

    /// What an officer does at the CA itself, past its interface.
    private func changeRevocation(_ call: Call, _ control: any CAControl) throws(Reply) -> Reply {
        if let digicert = control as? OrderControl, call.json?["decision"]?.string == "revoke" {
            return .json(["decided": JSONValue(try digicert.revoke(order: call["order"]))])
        }
        guard let book = control as? OrderBook,
            let serial = book.truth.first(where: { $0.id == call["order"] })?.serialNumber
        else { throw ControlError.reply("no such order", status: 404) }
        do {
            if call.json?["decision"]?.string == "release" {
                _ = try book.release(serial)
            } else {
                _ = try book.revoke(serial, reason: call.json?["reason"]?.int ?? 0)
            }
        } catch {
            throw ControlError.reply("the order cannot be revoked or released: \(error)")
        }
        return .json(["decided": 1])
    }
}
