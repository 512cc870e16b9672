// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Faults on order, and the clock.
struct FaultControl: Sendable {
    let surroundings: Surroundings

    var routes: [Route] {
        [
            Route("control.faults", "POST", "/control/faults") { try add($0) },
            Route("control.clock", "POST", "/control/clock") { try setClock($0) },
        ]
    }

    private func add(_ call: Call) throws(Reply) -> Reply {
        guard let body = call.json, let operation = body["operation"]?.string else {
            throw ControlError.reply("'operation' is missing; GET /control/state lists the names in use")
        }
        let fault = try fault(body)
        surroundings.plan.add(fault, to: operation, count: body["count"]?.int ?? 1)
        return .json(["operation": .string(operation), "fault": .string(fault.name)])
    }

    private func fault(_ body: JSONValue) throws(Reply) -> Fault {
        switch body["fault"]?.string {
        case "delay": return .delay(milliseconds: body["milliseconds"]?.int ?? 300)
        case "throttled": return .throttled
        case "unavailable": return .unavailable
        case "unavailable-after": return .unavailableAfter
        case "cut-before": return .cutBefore
        case "cut-after": return .cutAfter
        case "truncated": return .truncated
        case "status", "status-after":
            guard let status = body["status"]?.int, (400...599).contains(status) else {
                throw ControlError.reply("'status' must be a number from 400 to 599")
            }
            return body["fault"]?.string == "status" ? .status(status) : .statusAfter(status)
        default:
            throw ControlError.reply(
                "'fault' must be one of: delay, throttled, unavailable, unavailable-after, cut-before, cut-after, "
                    + "truncated, status, status-after")
        }
    }

    private func setClock(_ call: Call) throws(Reply) -> Reply {
        let clock = surroundings.clock
        if let text = call.json?["stopAt"]?.string {
            guard let date = Timestamp.read(text) else {
                throw ControlError.reply("'stopAt' is not a time in ISO 8601")
            }
            clock.stop(at: date)
        } else if let seconds = call.json?["advance"]?.number {
            clock.advance(by: seconds)
        } else if call.json?["resume"]?.bool == true {
            clock.resume()
        } else {
            throw ControlError.reply("give 'stopAt', 'advance' (seconds) or \"resume\": true")
        }
        return .json(["now": .string(Timestamp.utc(clock.now))])
    }
}
