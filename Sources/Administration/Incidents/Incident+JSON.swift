// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments
public import Planning

private func json(_ date: Date?) -> JSONValue { JSONValue(date?.formatted(.iso8601)) }

private func number(_ value: Int?) -> JSONValue { value.map { JSONValue($0) } ?? .null }

extension Incident {
    public var json: JSONValue {
        [
            "name": .string(name), "state": .string(state.rawValue), "pause": JSONValue(pause),
            "reason": .string(reason.name), "because": .string(cause), "by": .string(actor),
            "startedAt": Administration.json(startedAt), "deadline": Administration.json(deadline),
            "backendCA": JSONValue(backendCA), "product": JSONValue(product), "canary": JSONValue(canary),
            "canaryAuto": .bool(isCanaryAutomatic), "canaryPassedAt": Administration.json(canaryPassedAt),
            "wave": number(wave), "pacePerHour": number(pace), "accepted": JSONValue(accepted),
            "revokeAtDeadline": .bool(revokesAtDeadline), "selection": selection,
            "endedAt": Administration.json(endedAt),
        ]
    }
}

extension IncidentItem {
    public var json: JSONValue {
        [
            "serialNumber": .string(serialNumber), "template": .string(template),
            "userPrincipalName": .string(userPrincipalName), "state": .string(state.rawValue),
            "reason": JSONValue(reason), "mailboxProof": .string(proof.rawValue), "wave": number(wave),
            "begunAt": Administration.json(releasedAt), "deliveredAt": Administration.json(deliveredAt),
            "changedAt": Administration.json(changedAt), "successor": successorID.map { JSONValue(Int($0)) } ?? .null,
        ]
    }
}

extension IncidentEvent {
    var json: JSONValue {
        [
            "at": Administration.json(at), "kind": .string(kind), "by": .string(actor), "message": .string(message),
        ]
    }
}

extension IncidentForecast {
    var json: JSONValue {
        [
            "end": Administration.json(end), "perHour": .number((perHour * 10).rounded() / 10),
            "boundBy": .string(boundBy),
            "earliest": range.map { Administration.json($0.lowerBound) } ?? .null,
            "latest": range.map { Administration.json($0.upperBound) } ?? .null,
        ]
    }
}

extension IncidentPreview {
    /// - Parameter isStarted: whether it was put on record.
    public func json(isStarted: Bool) -> JSONValue {
        [
            "incident": incident.json, "started": .bool(isStarted), "certificates": JSONValue(items.count),
            "people": JSONValue(people), "orders": JSONValue(orders),
            "unknown": JSONValue(unknown), "mustClick": .array(clicking.map(\.json)),
            "leftOut": .array(leftOut.map(\.json)),
            "forecast": forecast?.json ?? .null, "inTime": isInTime.map(JSONValue.bool) ?? .null,
            "costs": .array(costs.map(\.json)), "problems": JSONValue(problems), "follows": JSONValue(follows),
        ]
    }
}

extension IncidentProgress {
    public var summary: JSONValue {
        [
            "incident": incident.json, "certificates": JSONValue(items.count), "people": JSONValue(people),
            "begun": JSONValue(begun), "replaced": JSONValue(replaced), "revoked": JSONValue(ended),
            "withoutSuccessor": JSONValue(withoutSuccessor),
            "counts": .object(
                Dictionary(
                    uniqueKeysWithValues: IncidentItem.State.allCases.map { ($0.rawValue, JSONValue(number($0))) })),
            "waveNow": Administration.number(wave), "forecast": forecast?.json ?? .null,
            "neededPerHour": neededPerHour.isFinite ? .number((neededPerHour * 10).rounded() / 10) : .null,
            "inTime": isInTime.map(JSONValue.bool) ?? .null, "problems": JSONValue(problems),
        ]
    }

    /// Also everybody who is not through, or all certificates.
    public func json(_ events: [IncidentEvent], all: Bool) -> JSONValue {
        var object = summary.object ?? [:]
        object["items"] = .array((all ? items : items.filter { !$0.state.isFinal }).map(\.json))
        object["events"] = .array(events.map(\.json))
        object["course"] = .array(
            course(moments: 200).map { ["at": Administration.json($0.at), "left": JSONValue($0.left)] })
        return .object(object)
    }
}
