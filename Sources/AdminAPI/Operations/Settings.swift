// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Settings

extension APIOperation {
    /// Reading what is set.
    static let settings = [
        APIOperation(
            "listSettings", .get, "/settings", tag: "Settings", "Settings with their defaults",
            permission: .readSettings,
            answer: .list(of: .setting)
        ) { call in try call.whole(try await SettingsAdministration(call.gateway).list()) }
    ]
}
