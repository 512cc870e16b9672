// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// What Graph tells of connectors, import profiles, devices and their certificates. The wire sheets do not have it: written from the
/// Graph beta reference (ndesConnector, managedDevice, deviceConfiguration, managedDeviceCertificateState, licenseDetails).
struct DeviceEndpoints: Sendable {
    let directory: TenantDirectory
    let fleet: DeviceFleet
    let play: DevicePlay
    let access: GraphAccess
    let pager: GraphPager

    private static let management = "/beta/deviceManagement"
    private static let configurationReaders: Set<String> = [
        "DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All",
    ]
    private static let deviceReaders: Set<String> = [
        "DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All",
    ]

    var routes: [Route] {
        [
            Route("intune.connectors", "GET", "\(Self.management)/ndesConnectors") { call in
                try access.requireScope(Self.configurationReaders, call)
                return try list(call, fleet.current.connectors.map(\.json), "ndesConnectors")
            }.listing,
            Route("intune.profiles", "GET", "\(Self.management)/deviceConfigurations") { call in
                try access.requireScope(Self.configurationReaders, call)
                return try list(call, fleet.current.profiles.map(\.json), "deviceConfigurations")
            }.listing,
            Route("intune.assignments", "GET", "\(Self.management)/deviceConfigurations/{id}/assignments") { call in
                try access.requireScope(Self.configurationReaders, call)
                return try list(call, try profile(call).assignments.array ?? [], "assignments")
            }.listing,
            Route(
                "intune.certificateStates", "GET",
                "\(Self.management)/deviceConfigurations/{id}/{type}/managedDeviceCertificateStates"
            ) { call in
                try access.requireScope(Self.configurationReaders, call)
                let profile = try profile(call)
                guard call["type"] == "microsoft.graph.\(profile.type)" else {
                    throw GraphError.badRequest("A type named '\(call["type"])' could not be resolved.")
                }
                return try list(call, play.endings(of: profile).map(\.json), "managedDeviceCertificateStates")
            }.listing,
            Route("graph.devicesOfUser", "GET", "/v1.0/users/{user}/managedDevices") { call in
                try access.requireScope(Self.deviceReaders, call)
                let number = try number(call)
                let person = directory.state.person(number)
                return try list(call, fleet.devices(of: number).map { $0.json(of: person) }, "managedDevices")
            }.listing,
            Route("graph.licenses", "GET", "/v1.0/users/{user}/licenseDetails") { call in
                try access.require(UserEndpoints.readers.union(["LicenseAssignment.Read.All"]), call)
                return try list(call, licences(try number(call)), "licenseDetails")
            }.listing,
        ]
    }

    private func number(_ call: Call) throws(Reply) -> Int {
        guard let number = directory.presentNumber(call["user"]) else { throw GraphError.notFound(call["user"]) }
        return number
    }

    private func profile(_ call: Call) throws(Reply) -> ImportProfile {
        guard let profile = fleet.current.profiles.first(where: { $0.id == call["id"] }) else {
            throw GraphError.reply(404, "ResourceNotFound", "The resource was not found.")
        }
        return profile
    }

    private func licences(_ number: Int) -> [JSONValue] {
        var plans: [JSONValue] = [["servicePlanName": "EXCHANGE_S_ENTERPRISE", "provisioningStatus": "Success"]]
        if fleet.special(number).isLicensed {
            plans.append(
                [
                    "servicePlanId": "c1ec4a95-1f05-45b3-a911-aa3fa01094f5", "servicePlanName": "INTUNE_A",
                    "provisioningStatus": "Success", "appliesTo": "User",
                ])
        }
        return [["id": .string("license-\(number)"), "skuPartNumber": "SPE_E3", "servicePlans": .array(plans)]]
    }

    private func list(_ call: Call, _ all: [JSONValue], _ name: String) throws(Reply) -> Reply {
        let query = GraphQuery(call)
        try query.allowOnly(["top", "skiptoken", "select"])
        let page = try pager.page(of: query, pageSize: query.pageSize(1000), count: all.count)
        return .json(
            GraphPage.json(
                context: "\(query.root(pager.url))/$metadata#\(name)", value: Array(all[page.range]),
                nextLink: page.nextLink))
    }
}
