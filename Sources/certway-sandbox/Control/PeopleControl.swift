// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// `POST /control/people`: changes of the directory, in the order of the list.
struct PeopleControl: Sendable {
    let tenant: Tenant
    let clock: SandboxClock

    var routes: [Route] {
        [
            Route("control.people", "POST", "/control/people") { try change($0) },
            Route("control.everybody", "GET", "/control/people") { _ in
                let state = tenant.directory.state
                let members = Set(state.members(of: tenant.directory.smimeGroup))
                return .json([
                    "people": .array(
                        state.numbers.map { number in
                            var value = json(number)
                            value["isPresent"] = .bool(state.isPresent(number))
                            value["isMember"] = .bool(members.contains(.person(number)))
                            return value
                        })
                ])
            },
            Route("control.person", "GET", "/control/people/{person}") { call in
                guard let number = tenant.directory.presentNumber(call["person"]) else {
                    throw ControlError.reply("there is no such person", status: 404)
                }
                return .json(json(number))
            },
        ]
    }

    private func json(_ number: Int) -> JSONValue {
        UserJSON.value(
            tenant.directory.state.person(number),
            select: UserJSON.defaults + [
                "proxyAddresses", "accountEnabled", "employeeId", "userType", "securityIdentifier",
                "authorizationInfo", "onPremisesSyncEnabled",
            ])
    }

    /// A body is one change or a list of them under `changes`.
    private func change(_ call: Call) throws -> Reply {
        guard let body = call.json, body.object != nil else { throw ControlError.reply("expected a JSON object") }
        let changes = body["changes"]?.array ?? [body]
        return .json(["people": .array(try changes.map(apply))])
    }

    private func apply(_ change: JSONValue) throws -> JSONValue {
        guard let action = change["action"]?.string else { throw ControlError.reply("'action' is missing") }
        if action == "add" { return try add(change) }
        guard let key = change["person"]?.string, let number = find(key) else {
            throw ControlError.reply("'person' must be the id or principal name of somebody")
        }
        let group = change["group"]?.string ?? tenant.directory.smimeGroup
        guard tenant.directory.state.groups[group] != nil else {
            throw ControlError.reply("there is no group \(group)")
        }
        try tenant.directory.change { state in
            switch action {
            case "change": try state.change(number) { try Self.set(change["properties"], in: &$0) }
            case "disable": state.change(number) { $0.isEnabled = false }
            case "enable": state.change(number) { $0.isEnabled = true }
            case "delete": state.change(number) { $0.delete(at: clock.now) }
            case "remove": state.change(number) { $0.presence = .gone }
            case "restore": state.change(number) { $0.restore() }
            case "join": state.join(.person(number), group: group)
            case "leave": state.leave(.person(number), group: group)
            default:
                throw ControlError.reply(
                    "'\(action)' is not known; known: add, change, disable, enable, delete, remove, restore, join, leave"
                )
            }
        }
        return json(number)
    }

    /// Deleted people too: those can be restored and removed.
    private func find(_ key: String) -> Int? {
        tenant.directory.presentNumber(key) ?? tenant.directory.state.number(ofID: key)
    }

    private func add(_ change: JSONValue) throws -> JSONValue {
        guard let properties = change["properties"], let name = properties["userPrincipalName"]?.string else {
            throw ControlError.reply("'properties.userPrincipalName' is missing")
        }
        guard tenant.directory.presentNumber(name) == nil else { throw ControlError.reply("\(name) exists") }
        let mail = properties["mail"]?.string ?? name
        var person = Person(
            id: (properties["id"]?.string ?? GUID.random()).lowercased(), userPrincipalName: name, displayName: name,
            mail: mail, proxyAddresses: ["SMTP:\(mail)"])
        try Self.set(properties, in: &person)
        let added = person
        let number = tenant.directory.change { state in
            let number = state.add(added)
            if change["group"]?.isNull != true {
                state.join(.person(number), group: change["group"]?.string ?? tenant.directory.smimeGroup)
            }
            return number
        }
        return json(number)
    }

    private static func set(_ properties: JSONValue?, in person: inout Person) throws(Reply) {
        for (name, value) in properties?.object ?? [:] where name != "id" {
            guard PersonProperties.set(name, to: value, in: &person) else {
                throw ControlError.reply("people have no property '\(name)' with such a value")
            }
        }
    }
}
