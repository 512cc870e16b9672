// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// How many people of a template stand where.
public struct PeopleCount: Sendable, Hashable {
    public init() {}

    public internal(set) var statuses: [PersonStatus: Int] = [:]
    /// Of those with a valid certificate; who has departed is among those who have left, the others among `inUse`.
    public internal(set) var concerns: [CertificateConcern: Int] = [:]

    /// Of `inUse`, those for whom another order is under way or held.
    public internal(set) var replacements: [Replacement: Int] = [:]

    public subscript(_ status: PersonStatus) -> Int { statuses[status] ?? 0 }

    /// Of one status, or with one concern, or both; nil is any.
    public func count(_ status: PersonStatus?, _ concern: CertificateConcern?) -> Int {
        guard let concern else { return status.map { self[$0] } ?? statuses.values.reduce(0, +) }
        let own: PersonStatus = concern == .departed ? .left : .inUse
        return status ?? own == own ? concerns[concern] ?? 0 : 0
    }

    /// Valid certificates, of whomever.
    public var valid: Int { self[.inUse] + self[.withdrawn] + (concerns[.departed] ?? 0) }

    /// People in the group.
    public var members: Int { statuses.reduce(0) { $0 + ($1.key == .left ? 0 : $1.value) } }

    public var json: JSONValue {
        var value = JSONValue.object(
            Dictionary(uniqueKeysWithValues: PersonStatus.allCases.map { ($0.rawValue, JSONValue(self[$0])) }))
        value["members"] = JSONValue(members)
        value["replacements"] = .object(
            Dictionary(
                uniqueKeysWithValues: Replacement.allCases.map { ($0.rawValue, JSONValue(replacements[$0] ?? 0)) }))
        return value
    }

    public var concernsJSON: JSONValue {
        .object(
            Dictionary(
                uniqueKeysWithValues: CertificateConcern.allCases.map { ($0.rawValue, JSONValue(concerns[$0] ?? 0)) }))
    }
}
