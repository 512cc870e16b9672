// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import PKIX

/// `POST /control/vault`: keys, secrets and switches of the tenant's vault.
struct VaultControl: Sendable {
    let store: VaultStore

    var routes: [Route] { [Route("control.vault", "POST", "/control/vault") { try change($0) }] }

    private func change(_ call: Call) throws -> Reply {
        guard let members = call.json?.object else { throw ControlError.reply("expected a JSON object") }
        for (name, value) in members {
            switch name {
            case "permissions":
                let words = Set(value.array?.compactMap(\.string) ?? [])
                guard words.isSubset(of: VaultStore.allPermissions) else {
                    throw ControlError.reply("'permissions' are some of \(VaultStore.allPermissions.sorted())")
                }
                store.change { $0.permissions = words }
            case "challenge":
                guard let challenge = value.string.flatMap(VaultChallenge.init) else {
                    throw ControlError.reply("'challenge' is one of \(VaultChallenge.allCases.map(\.rawValue))")
                }
                store.change { $0.challenge = challenge }
            case "firewall": store.change { $0.isBehindFirewall = value.bool == true }
            case "key": try changeKey(value)
            case "secret":
                guard let name = value["name"]?.string, let text = value["value"]?.string else {
                    throw ControlError.reply("'secret' needs a 'name' and a 'value'")
                }
                store.add(
                    VaultSecret(name: name, version: VaultStore.version(), value: text, created: store.clock.now))
            default: throw ControlError.reply("the vault has no switch '\(name)'")
            }
        }
        return .json(.object(members))
    }

    /// `{"name": …}` makes a version, with `privateKeyPEM` from outside; `enabled` and `operations` change the newest version.
    private func changeKey(_ value: JSONValue) throws {
        guard let name = value["name"]?.string else { throw ControlError.reply("'key' needs a 'name'") }
        let operations = value["operations"]?.array?.compactMap(\.string)
        if value["enabled"] == nil, operations == nil || value["privateKeyPEM"] != nil {
            do {
                try store.add(name, pem: value["privateKeyPEM"]?.string, operations: operations)
            } catch { throw ControlError.reply("the key cannot be used: \(error)") }
            return
        }
        store.change { content in
            guard var versions = content.keys[name.lowercased()], var last = versions.popLast() else { return }
            if let isEnabled = value["enabled"]?.bool { last.isEnabled = isEnabled }
            if let operations { last.operations = operations }
            content.keys[name.lowercased()] = versions + [last]
        }
    }
}
