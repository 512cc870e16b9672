// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Ledger
import Settings
import Store

extension EnrollmentPlanner {
    /// People with a certificate or an order of the template whom its group never knew: it had another group before. Reads the
    /// active and open orders of the template once.
    func strangers(_ template: TemplateConfiguration, after subscriberID: String) async throws -> [String] {
        let stages = OrderStage.allCases.filter { $0.isOpen || $0 == .active }
        let list = SQLValueList(stages.map(\.rawValue))
        return try await database.read { connection in
            try connection.query(
                """
                SELECT DISTINCT o.subscriber_id FROM orders o WHERE o.template = ? AND o.stage IN (\(list.places)) \
                AND o.subscriber_id > ? AND NOT EXISTS (SELECT 1 FROM enrollment_decisions d \
                WHERE d.template = o.template AND d.subscriber_id = o.subscriber_id) \
                ORDER BY o.subscriber_id \(connection.dialect.page(Self.pageSize, 0))
                """, [.text(template.name)] + list.parameters + [.text(subscriberID)]
            ) { try $0[0] }
        }
    }

    /// These people as members of the template's group; nil for who never was one.
    func known(
        _ ids: [String], _ template: TemplateConfiguration
    ) async throws -> [(id: String, member: EnrollmentMember?)] {
        let members = try await mirror.members(of: template.group, ids: ids)
        let known = Dictionary(members.map { ($0.person.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ids.map { ($0, known[$0.lowercased()]) }
    }

    /// People of whose certified addresses one is somebody else's now.
    func takenAddresses(_ standings: [String: SubscriberStanding]) async throws -> Set<String> {
        var addresses: [String: [String]] = [:]
        for (id, standing) in standings where standing.stage.isOpen || standing.stage == .active {
            addresses[id] = [standing, standing.inUse].compactMap(\.self).flatMap {
                RequestedNames(json: $0.names).emails.map(AddressSource.foldedCase)
            }
        }
        let holders = try await mirror.holders(of: Set(addresses.values.joined()))
        return Set(
            addresses.filter { id, addresses in
                addresses.contains { address in
                    let ids = holders[address] ?? []
                    return !ids.isEmpty && !ids.contains(id)
                }
            }.keys)
    }
}
