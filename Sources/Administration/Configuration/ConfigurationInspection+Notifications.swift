// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Settings
import YAMLDocuments

extension ConfigurationInspection {
    func look(at notifications: NotificationConfiguration, _ reader: MappingReader) {
        if let server = notifications.server, let place = reader.mapping("smtp") {
            if let password = server.password { _ = secret(place, "password", password) }
            if let roots = server.tlsRoots {
                attempt(place, "tlsRoots") { _ = try SettingsFile(path: roots).rootsPEM("tlsRoots") }
            }
        }
        for (hook, place) in zip(notifications.webhooks, reader.mappings("webhooks")) {
            _ = secret(place, "secret", hook.secret)
            if let roots = hook.tlsRoots {
                attempt(place, "tlsRoots") { _ = try SettingsFile(path: roots).rootsPEM("tlsRoots") }
            }
        }
    }
}
