// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Planning
public import Settings
public import Store

extension PersonAdministration {
    /// The people behind the numbers of `plan`.
    ///
    /// - Throws: `SettingsError` for a template that there is not; `ListError`, `StoreError`.
    public func list(
        _ filter: PersonFilter, _ request: ListRequest = ListRequest()
    ) async throws -> ListPage<EnrolledPerson> {
        let register = EnrollmentRegister(database: store.database, stops: try await store.placementStops())
        let page = try await register.people(filter, request)
        if let name = filter.template, page.matches.count == 0 {
            let configured = try await store.configuration().templates.map(\.name)
            // One that is gone may have people still, of another status.
            if !configured.contains(name), try await register.people(PersonFilter(template: name, limit: 1)).isEmpty {
                throw SettingsError.unknown("template", name, configured)
            }
        }
        let former = try await store.formerDeliveries(
            people: Set(page.items.filter { $0.serialNumber != nil }.map(\.subscriberID)).sorted())
        guard !former.isEmpty else { return page }
        return page.map { person in
            former.first { $0.template == person.template && $0.subscriberID == person.subscriberID }
                .map { person.adding($0.sentence) } ?? person
        }
    }

    /// The people of a policy, each once.
    ///
    /// - Parameters:
    ///   - name: of the policy.
    ///   - isComplete: only who has all its certificates, or who has not; nil for everybody.
    /// - Throws: `SettingsError` for a policy that there is not; `ListError`, `StoreError`.
    public func list(
        policy name: String, isComplete: Bool?, _ request: ListRequest = ListRequest()
    ) async throws -> ListPage<PolicyMember> {
        let register = EnrollmentRegister(database: store.database, stops: try await store.placementStops())
        return try await register.people(
            of: try await policy(name).templates, isComplete: isComplete, request)
    }

    /// - Throws: `SettingsError` for a policy that there is not.
    public func policy(_ name: String) async throws -> PolicyConfiguration {
        let configuration = try await store.configuration()
        guard let policy = configuration.policy(name) else {
            throw SettingsError.unknown("policy", name, configuration.policies.map(\.name))
        }
        return policy
    }

    /// People by template, of every template that has any.
    public func counts() async throws -> [String: PeopleCount] {
        try await EnrollmentRegister(database: store.database).counts()
    }
}
