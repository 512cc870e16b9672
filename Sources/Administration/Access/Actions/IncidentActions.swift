// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Gateway
import Ledger
public import Planning

/// What a caller can do with incidents.
public struct IncidentActions: Sendable {
    private let caller: Caller

    public init(_ caller: Caller) { self.caller = caller }

    /// `pause`, `resume`, `change` and `end`.
    public func of(_ incident: Incident) -> [ObjectAction] {
        var list = ActionList(caller)
        list.add("pause", .manageIncident) { try incident.require(.pause) }
        list.add("resume", .manageIncident) { try incident.require(.resume) }
        list.add("change", .manageIncident) { try incident.require(.change) }
        list.add("end", .manageIncident) { try incident.require(.end) }
        return list.actions
    }
}

extension Incident {
    enum Decision { case pause, resume, change, end }

    /// - Throws: `LedgerError.notPossible`, why not.
    func require(_ decision: Decision) throws(LedgerError) {
        guard isOpen, state != .cancelled else {
            throw .notPossible("incident \(name) is \(state.rawValue): nothing of it can be changed any more")
        }
        switch decision {
        case .pause where state == .paused:
            throw .notPossible("incident \(name) stands still already: \(pause ?? "paused")")
        case .resume where state != .paused: throw .notPossible("incident \(name) goes on: it is not paused")
        default: break
        }
    }
}
