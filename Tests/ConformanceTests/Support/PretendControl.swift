// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorTesting
import JSONDocuments

/// The control side of the pretend CA.
struct PretendControl: SandboxControl {
    let ca: PretendCA

    func set(_ switches: JSONValue) async throws {
        ca.state.withLock { state in
            if let flag = switches["manualApproval"]?.bool { state.isHolding = flag }
            if let value = switches["pendingPolls"] { state.pendingPolls = value.int ?? 0 }
            if let flag = switches["expireCredentials"]?.bool { state.areCredentialsExpired = flag }
        }
    }

    func decide(approve: Bool, order: String?, reason: String) async throws {
        ca.state.withLock { state in
            guard let index = state.orders.firstIndex(where: { $0.id == order && $0.status == "held" }) else { return }
            state.orders[index].status = approve || ca.vice == .issuesRejected ? "issued" : "rejected"
            state.orders[index].reason = ca.vice == .rejectsWithoutReason ? "" : reason
        }
    }

    func orders() async throws -> Set<String> { ca.state.withLock { Set($0.orders.map(\.id)) } }
    var tellsReasons: Bool { true }
}
