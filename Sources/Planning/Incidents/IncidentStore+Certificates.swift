// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension IncidentStore {
    /// Certificates of these people for which open incidents want another one.
    ///
    /// - Throws: `StoreError`.
    public func wanted(template: String, subscriberIDs: [String]) async throws -> Set<Int64> {
        try await wishes(template: template, subscriberIDs: subscriberIDs).values.joined().reduce(into: []) {
            $0.formUnion($1.certificates)
        }
    }
}
