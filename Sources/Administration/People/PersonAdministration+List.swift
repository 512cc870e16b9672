// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Enrollment
import Settings
import YAMLDocuments

extension PersonAdministration {
    /// The people behind the numbers of `plan`.
    ///
    /// - Parameter filter: `subscriberID` is not looked at for the total.
    /// - Throws: `SettingsError` for a template that there is not; `StoreError`.
    public func list(_ filter: PersonFilter) async throws -> PeoplePage {
        var filter = filter
        let register = EnrollmentRegister(database: store.database)
        let counts = try await register.counts()
        let configured = try await store.configuration().templates.map(\.name)
        if let name = filter.template, !configured.contains(name), counts[name] == nil {
            throw SettingsError("no template \"\(name)\"; \(suggestion(for: name, in: configured))")
        }
        let limit = filter.limit
        filter.limit = limit == .max ? limit : limit + 1
        let found = try await register.people(filter)
        let page = Array(found.prefix(limit))
        let total = counts.filter { filter.template == nil || $0.key == filter.template }.values.reduce(0) {
            $0 + $1.count(filter.status, filter.concern)
        }
        return PeoplePage(
            people: page, total: total, next: found.count > page.count ? page.last.map(PersonFilter.Position.init) : nil
        )
    }

    /// People by template, of every template that has any.
    public func counts() async throws -> [String: PeopleCount] {
        try await EnrollmentRegister(database: store.database).counts()
    }
}
