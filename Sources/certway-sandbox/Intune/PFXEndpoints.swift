// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// `/beta/deviceManagement/userPfxCertificates` (wire/intune-pfx.md section 3).
struct PFXEndpoints: Sendable {
    let directory: TenantDirectory
    let store: PFXStore
    let fleet: DeviceFleet
    let access: GraphAccess
    let pager: GraphPager
    let clock: SandboxClock

    private static let path = "/beta/deviceManagement/userPfxCertificates"
    private static let writer = "DeviceManagementConfiguration.ReadWrite.All"

    var routes: [Route] {
        [
            Route("intune.create", "POST", Self.path, subject: ["userPrincipalName"]) { try create($0) },
            Route("intune.list", "GET", Self.path) { try list($0) }.listing,
            Route("intune.get", "GET", "\(Self.path)/{id}") { try one($0) },
            Route("intune.update", "PATCH", "\(Self.path)/{id}") { try update($0) },
            Route("intune.delete", "DELETE", "\(Self.path)/{id}") { try delete($0) },
        ]
    }

    private func authorize(_ call: Call, toWrite: Bool) throws(Reply) {
        let allowed: Set<String> = toWrite ? [Self.writer] : [Self.writer, "DeviceManagementConfiguration.Read.All"]
        try access.requireScope(allowed, call)
    }

    private func create(_ call: Call) throws(Reply) -> Reply {
        try authorize(call, toWrite: true)
        let entity = try PFXBodyReader(directory: directory, now: clock.now).read(call)
        if let number = directory.presentNumber(entity.userPrincipalName), fleet.special(number).refusesUploads {
            throw IntuneError.reply(400, "BadRequest", reason: "ordered by a test: the service gives no reason")
        }
        guard store.create(entity) else {
            throw IntuneError.reply(409, "Conflict", reason: "\(entity.id) exists")
        }
        return .json(json(entity), status: 201)
    }

    private func json(_ entity: UserPFXCertificate) -> JSONValue {
        var value = entity.json()
        value["@odata.context"] = .string(
            "\(pager.url)/beta/$metadata#deviceManagement/userPfxCertificates/$entity")
        return value
    }

    private func list(_ call: Call) throws(Reply) -> Reply {
        try authorize(call, toWrite: false)
        let query = GraphQuery(call)
        try query.allowOnly(["select", "filter", "top", "skiptoken"])
        var entities = store.all
        if let text = query["filter"] {
            let filter = try ODataFilter(text, allowing: ["id", "userPrincipalName", "thumbprint", "intendedPurpose"])
            entities = entities.filter { entity in
                let value = entity.json()
                return filter.matches { value[$0]?.string }
            }
        }
        let page = try pager.page(of: query, pageSize: query.pageSize(1000), count: entities.count)
        let values = try entities[page.range].map { entity throws(Reply) in try selected(entity, query.select) }
        return .json(
            GraphPage.json(
                context: "\(pager.url)/beta/$metadata#deviceManagement/userPfxCertificates", value: values,
                nextLink: page.nextLink))
    }

    private func selected(_ entity: UserPFXCertificate, _ select: [String]?) throws(Reply) -> JSONValue {
        let whole = entity.json()
        guard let select else { return whole }
        var members: [String: JSONValue] = [:]
        for name in select {
            guard let value = whole[name] else {
                throw GraphError.badRequest("Could not find a property named '\(name)' on userPFXCertificate.")
            }
            members[name] = value
        }
        return .object(members)
    }

    private func one(_ call: Call) throws(Reply) -> Reply {
        try authorize(call, toWrite: false)
        guard let entity = store.entity(call["id"]) else { throw notFound(call) }
        return .json(json(entity))
    }

    private func update(_ call: Call) throws(Reply) -> Reply {
        try authorize(call, toWrite: true)
        let entity = try PFXBodyReader(directory: directory, now: clock.now).read(call)
        guard store.entity(call["id"]) != nil else { throw notFound(call) }
        guard entity.id == call["id"], let updated = store.update(entity) else {
            throw IntuneError.reply(400, "BadRequest", reason: "user or thumbprint differ from \(call["id"])")
        }
        return .json(json(updated))
    }

    private func delete(_ call: Call) throws(Reply) -> Reply {
        try authorize(call, toWrite: true)
        guard store.delete(call["id"]) else { throw notFound(call) }
        return .empty()
    }

    private func notFound(_ call: Call) -> Reply {
        IntuneError.reply(404, "ResourceNotFound", reason: "there is no \(call["id"])")
    }
}
