// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Gateway
public import JSONDocuments
import Notification
import Settings
import Store

/// Programs that are told what people are told.
extension NotificationAdministration {
    /// Every program with what it was told last; the secret is a reference.
    ///
    /// - Throws: `StoreError`.
    public func webhooks() async throws -> [JSONValue] {
        var all: [JSONValue] = []
        for hook in gateway.configuration.notifications?.webhooks ?? [] {
            let open = try await list(states: [.waiting, .sending], webhook: hook.name, ListRequest(limit: 1))
            let last = try await list(
                webhook: hook.name, ListRequest(sort: ListSort("changed", isDescending: true), limit: 1))
            all.append([
                "name": .string(hook.name), "url": .string(hook.url), "secret": .string("\(hook.secret)"),
                "events": hook.events.map { JSONValue($0.map(\.rawValue)) } ?? .null,
                "tlsRoots": JSONValue(hook.tlsRoots),
                "waiting": JSONValue(open.matches.count), "last": last.items.first?.json ?? .null,
            ])
        }
        return all
    }

    /// Adds a program, or says otherwise of it; everything else of the configuration stays.
    ///
    /// - Parameters:
    ///   - name: of the program.
    ///   - wish: `url`, `secret` as a reference, `events`, `tlsRoots`; nil takes it out.
    /// - Throws: `Diagnostics` for what cannot be; `SettingsError` without section `notifications`, and for one to be taken out that is not there;
    ///   `AccessDenied`.
    public func changeWebhook(
        _ name: String, to wish: JSONValue?, isDryRun: Bool
    ) async throws -> ConfigurationResult {
        var section = try await section()
        var hooks = section["webhooks"]?.array ?? []
        let place = hooks.firstIndex { $0["name"]?.string == name }
        if let wish {
            var entry: [String: JSONValue] = ["name": .string(name)]
            for key in ["url", "secret", "events", "tlsRoots"] {
                if let value = wish[key], !value.isNull { entry[key] = value }
            }
            if let place { hooks[place] = .object(entry) } else { hooks.append(.object(entry)) }
        } else {
            guard let place else {
                throw SettingsError.unknown("webhook", name, hooks.compactMap { $0["name"]?.string })
            }
            hooks.remove(at: place)
        }
        section["webhooks"] = .array(hooks)
        return try await apply(section, "notifications.webhooks", isDryRun: isDryRun)
    }
}
