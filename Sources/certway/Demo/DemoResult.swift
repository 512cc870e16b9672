// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// What the demo found when it looked at the other side: at the CA, in Intune, in the archive.
struct DemoResult {
    var users = 0
    /// Orders the CA holds, by its own count.
    var ordersAtCA = 0
    var issued = 0
    /// PFX records Intune holds.
    var delivered = 0
    /// Archived keys that were opened with the agent's key and belong to their certificates.
    var archived = 0
    /// PFX records opened as the Intune connector would.
    var opened = 0
    /// Whether keys of this kind are archived at all.
    var isArchived = true
    /// Orders that wait for a person because nobody can tell whether the CA has them.
    var held = 0
    var holdReasons: [String] = []
    /// What a person had to tell the gateway about orders whose answers were lost.
    var answers: [DemoOperator.Answer] = []
    var seconds = 0.0
    /// Processor time of this process while it enrolled, user and system; the sandbox is another process.
    var cpuSeconds = 0.0
    var problems: [String] = []
    /// The engine under the gateway, and its version.
    var store = ""
    var storeVersion = ""
    /// How many gateways worked on it.
    var nodes = 1
    /// Orders by the node that brought them into use.
    var ordersByNode: [String: Int] = [:]

    /// Everybody has a certificate.
    var isComplete: Bool { held == 0 && isSound }

    /// Nobody is forgotten and nothing was bought twice: who has no certificate has an order that waits for a person.
    var isSound: Bool {
        let archives = isArchived ? [archived] : []
        return problems.isEmpty && ([issued, delivered, opened] + archives).allSatisfy { $0 == users - held }
            && (users - held...users).contains(ordersAtCA)
    }

    var json: JSONValue {
        [
            "users": JSONValue(users), "ordersAtCA": JSONValue(ordersAtCA), "issued": JSONValue(issued),
            "delivered": JSONValue(delivered), "archived": JSONValue(archived), "opened": JSONValue(opened),
            "answersOfAPerson": JSONValue(answers.map(\.command)), "held": JSONValue(held),
            "holdReasons": JSONValue(holdReasons),
            "seconds": .number((seconds * 1000).rounded() / 1000),
            "cpuSeconds": .number((cpuSeconds * 1000).rounded() / 1000), "problems": JSONValue(problems),
            "store": .string(store), "storeVersion": .string(storeVersion), "nodes": JSONValue(nodes),
            "ordersByNode": .object(ordersByNode.mapValues { JSONValue($0) }),
        ]
    }
}
