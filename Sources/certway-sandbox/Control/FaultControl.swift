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
            Route("control.hostility", "POST", "/control/hostility") { try pause($0) },
            Route("control.time", "GET", "/control/clock") { _ in time },
            Route("control.clock", "POST", "/control/clock") { try setClock($0) },
        ]
    }

    private func add(_ call: Call) throws(Reply) -> Reply {
        guard let body = call.json, let operation = body["operation"]?.string else {
            throw ControlError.reply("'operation' is missing; GET /control/state lists the names in use")
        }
        if body["fault"] == "none" {
            surroundings.plan.clear(operation)
            return .json(["operation": .string(operation), "fault": "none"])
        }
        let fault = try fault(body)
        surroundings.plan.add(fault, to: operation, count: body["count"]?.int ?? 1)
        return .json(["operation": .string(operation), "fault": .string(fault.name)])
    }

    private func pause(_ call: Call) throws(Reply) -> Reply {
        guard let hostility = surroundings.hostility else {
            throw ControlError.reply("this sandbox is not hostile: start it with --hostile")
        }
        guard let paused = call.json?["paused"]?.bool else {
            throw ControlError.reply("'paused' must be true or false")
        }
        hostility.pause(paused)
        return .json(["paused": .bool(paused)])
    }

    private func fault(_ body: JSONValue) throws(Reply) -> Fault {
        let retryAfter = body["retryAfter"]?.identifier
        let word = body["fault"]?.string ?? ""
        switch word {
        case "delay": return .delay(milliseconds: body["milliseconds"]?.int ?? 300)
        case "throttled": return .throttled(retryAfter: retryAfter)
        case "unavailable": return .unavailable(retryAfter: retryAfter)
        case "unavailable-after": return .unavailableAfter(retryAfter: retryAfter)
        case "cut-before": return .cutBefore
        case "cut-after": return .cutAfter
        case "truncated": return .truncated
        case "wrong-date": return .wrongDate(seconds: body["seconds"]?.int ?? 7200)
        case "mixed-up": return .mixedUp
        case "status": return .status(try status(body))
        case "status-after": return .statusAfter(try status(body))
        case "proxy-after": return .proxyAfter(try status(body))
        case "garbled-after":
            guard let form = GarbledAnswer(rawValue: body["form"]?.string ?? "") else {
                throw ControlError.reply(
                    "'form' must be one of: \(GarbledAnswer.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return .garbledAfter(form)
        default:
            guard let trouble = PageTrouble(rawValue: word) else {
                throw ControlError.reply("'fault' must be one of: \(Fault.names.joined(separator: ", ")), none")
            }
            return .pages(trouble)
        }
    }

    private func status(_ body: JSONValue) throws(Reply) -> Int {
        guard let status = body["status"]?.int, (300...599).contains(status) else {
            throw ControlError.reply("'status' must be a number from 300 to 599")
        }
        return status
    }

    private func setClock(_ call: Call) throws(Reply) -> Reply {
        let clock = surroundings.clock
        if call.json?["stopAt"] != nil {
            clock.stop(at: try date("stopAt", call))
        } else if call.json?["set"] != nil {
            clock.set(to: try date("set", call))
        } else if let seconds = call.json?["advance"]?.number {
            clock.advance(by: seconds)
        } else if call.json?["resume"]?.bool == true {
            clock.resume()
        } else {
            throw ControlError.reply("give 'set', 'stopAt', 'advance' (seconds) or \"resume\": true")
        }
        return time
    }

    private func date(_ member: String, _ call: Call) throws(Reply) -> Date {
        guard let date = call.json?[member]?.string.flatMap(Timestamp.read) else {
            throw ControlError.reply("'\(member)' is not a time in ISO 8601")
        }
        return date
    }

    private var time: Reply {
        .json([
            "now": .string(Timestamp.utc(surroundings.clock.now)), "moved": .bool(surroundings.clock.isMoved),
        ])
    }
}
