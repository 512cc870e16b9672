// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Planning
import Settings
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
        if let name = filter.template, page.total == 0 {
            let configured = try await store.configuration().templates.map(\.name)
            // One that is gone may have people still, of another status.
            if !configured.contains(name), try await register.people(PersonFilter(template: name, limit: 1)).isEmpty {
                throw SettingsError.unknown("template", name, configured)
            }
        }
        return page
    }

    /// People by template, of every template that has any.
    public func counts() async throws -> [String: PeopleCount] {
        try await EnrollmentRegister(database: store.database).counts()
    }
}
