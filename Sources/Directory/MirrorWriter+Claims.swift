// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Store

extension MirrorWriter {
    /// Stores which addresses an object claims, and has those people looked at again who claim one that it takes up or
    /// lets go.
    ///
    /// - Parameters:
    ///   - attributes: what the answer carried; an attribute that is missing is unchanged.
    ///   - generation: of the listing that met the object; nil for the newest one, so that a listing that runs meanwhile
    ///     does not take the object for gone.
    func storeClaims(of claimant: Claimant, _ attributes: [String: JSONValue], generation: Int64? = nil) throws {
        let old = try claims(of: claimant.id)
        var new = old
        for (source, addresses) in AddressSource.addresses(in: attributes) {
            for address in new.keys { new[address]?.remove(source) }
            for address in addresses {
                new[connection.dialect.cut(address, to: 320), default: []].insert(source)
            }
        }
        for (address, source) in new where source.isEmpty {
            new[address] = nil
            try connection.execute(
                "DELETE FROM directory_addresses WHERE address = ? AND owner_id = ?",
                [SQLValue(address), SQLValue(claimant.id)])
            try noteRivals(for: address, of: claimant.id)
        }
        for (address, source) in new where old[address] != source {
            try connection.put(
                into: "directory_addresses", key: ["address": SQLValue(address), "owner_id": SQLValue(claimant.id)],
                values: ["sources": SQLValue(source.rawValue)])
            try noteRivals(for: address, of: claimant.id)
        }
        try store(claimant, generation: generation, isClaiming: !new.isEmpty)
    }

    /// Stores which addresses a person claims who is in no enrollment group.
    func storeClaims(of record: DirectoryRecord) throws {
        let name = record.attributes["userPrincipalName"]?.string ?? ""
        try storeClaims(of: Claimant(id: record.id, kind: .user, name: name), record.attributes)
    }

    /// The object is gone, and nothing is its own any more.
    func removeClaims(of id: String) throws {
        let addresses = try claims(of: id).keys
        guard !addresses.isEmpty else { return }
        try connection.execute("DELETE FROM directory_addresses WHERE owner_id = ?", [SQLValue(id)])
        try connection.execute("DELETE FROM directory_claimants WHERE id = ?", [SQLValue(id)])
        for address in addresses { try noteRivals(for: address, of: id) }
    }

    /// The objects of a kind that no listing has met since `generation`.
    func claimants(of kind: Claimant.Kind, before generation: Int64) throws -> [String] {
        try connection.query(
            "SELECT id FROM directory_claimants WHERE kind = ? AND generation < ? ORDER BY id",
            [SQLValue(kind), SQLValue(generation)]
        ) { try $0[0] as String }
    }

    func hasClaims(_ id: String) throws -> Bool {
        try connection.value("SELECT 1 FROM directory_claimants WHERE id = ?", [SQLValue(id)], as: Int.self) != nil
    }

    private func claims(of id: String) throws -> [String: AddressSource] {
        let rows = try connection.query(
            "SELECT address, sources FROM directory_addresses WHERE owner_id = ?", [SQLValue(id)]
        ) { (try $0[0] as String, AddressSource(rawValue: try $0[1])) }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    private func store(_ claimant: Claimant, generation: Int64?, isClaiming: Bool) throws {
        guard isClaiming else {
            try connection.execute("DELETE FROM directory_claimants WHERE id = ?", [SQLValue(claimant.id)])
            return
        }
        let known = try connection.query(
            "SELECT name, generation FROM directory_claimants WHERE id = ?", [SQLValue(claimant.id)]
        ) { (name: try $0[0] as String, generation: try $0[1] as Int64) }.first
        let seen = max(known?.generation ?? 0, try generation ?? DirectorySchema.generations.last(on: connection))
        let name = claimant.name.isEmpty ? known?.name ?? "" : claimant.name.storable
        guard known?.name != name || known?.generation != seen else { return }
        try connection.put(
            into: "directory_claimants", key: ["id": SQLValue(claimant.id)],
            values: ["kind": SQLValue(claimant.kind), "name": SQLValue(name), "generation": SQLValue(seen)])
    }

    private func noteRivals(for address: String, of id: String) throws {
        let rivals = try connection.query(
            "SELECT owner_id FROM directory_addresses WHERE address = ? AND owner_id <> ?",
            [SQLValue(address), SQLValue(id)]
        ) { try $0[0] as String }
        for rival in rivals { try markChanged(rival) }
        guard !rivals.isEmpty else { return }
        // Who may open a mailbox may have its address certified, or may not any more.
        let list = SQLValueList(rivals + [id])
        let openers = try connection.query(
            "SELECT person_id FROM mailbox_people WHERE mailbox_id IN (\(list.places)) AND present = 1",
            list.parameters
        ) { try $0[0] as String }
        for person in Set(openers).subtracting(rivals).sorted() { try markChanged(person) }
    }
}
