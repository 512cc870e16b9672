// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// Seeds faults between Intune and a device: `POST /control/last-mile` with `fault` and `userPrincipalName`, or `{"reset": true}`.
struct LastMileControl: Sendable {
    let tenant: Tenant
    let clock: SandboxClock

    /// Each by what is wrong, in the words of whoever would have done it.
    enum Fault: String, CaseIterable {
        case oneConnectorLacksKey, allConnectorsHaveAnotherKey, connectorsInactive, noConnector
        case wrongPurpose, oldKeyStartsLater, otherProvider, otherKeyName, otherPadding, otherSignInName
        case recordDeleted, recordTwice, otherThumbprint, clockAhead, wrongDates
        case noProfile, noLicence, userDisabled, noDevice, oldDevices, devicesNotSynced, devicesFail
        case refusedUpload
    }

    var routes: [Route] {
        [
            Route("control.lastMile", "POST", "/control/last-mile") { call in
                if call.json?["reset"]?.bool == true {
                    tenant.fleet.reset()
                    return .json(["reset": true])
                }
                guard let fault = call.json?["fault"]?.string.flatMap(Fault.init) else {
                    throw ControlError.reply(
                        "'fault' is one of \(Fault.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                guard let name = call.json?["userPrincipalName"]?.string,
                    let number = tenant.directory.presentNumber(name)
                else { throw ControlError.reply("'userPrincipalName' is no person of the tenant") }
                try seed(fault, number)
                return .json(["fault": .string(fault.rawValue)])
            },
            Route("control.lastMileState", "GET", "/control/last-mile") { _ in
                .json([
                    "connectors": .array(tenant.fleet.current.connectors.map(\.json)),
                    "states": .array(
                        tenant.fleet.current.profiles.flatMap { tenant.play.endings(of: $0) }.map(\.json)),
                ])
            },
        ]
    }

    private func seed(_ fault: Fault, _ number: Int) throws(Reply) {
        let fleet = tenant.fleet
        switch fault {
        case .oneConnectorLacksKey: fleet.change { $0.connectors[1].key = nil }
        case .allConnectorsHaveAnotherKey:
            guard let key = try? PrivateKey.generate(.rsa2048) else { throw ControlError.reply("no key", status: 500) }
            fleet.change { state in for index in state.connectors.indices { state.connectors[index].key = key } }
        case .connectorsInactive:
            fleet.change { [clock] state in
                for index in state.connectors.indices {
                    state.connectors[index].state = "inactive"
                    state.connectors[index].lastConnection = clock.now.addingTimeInterval(-40 * 86400)
                }
            }
        case .noConnector: fleet.change { $0.connectors = [] }
        case .noProfile:
            fleet.change { state in for index in state.profiles.indices { state.profiles[index].groups = [] } }
        case .noLicence: fleet.change(number) { $0.isLicensed = false }
        case .refusedUpload: fleet.change(number) { $0.refusesUploads = true }
        case .userDisabled: tenant.directory.change { $0.change(number) { $0.isEnabled = false } }
        case .noDevice: fleet.change(number) { $0.devices = [] }
        case .oldDevices: changeDevices(number) { $0.osVersion = $0.platform.oldVersion }
        case .devicesNotSynced:
            changeDevices(number) { [clock] in $0.lastSync = clock.now.addingTimeInterval(-12 * 86400) }
        case .devicesFail: changeDevices(number) { $0.failsToInstall = true }
        default: try seedRecord(fault, number)
        }
    }

    private func changeDevices(_ number: Int, _ body: (inout ManagedDevice) -> Void) {
        var devices = tenant.fleet.usual(number)
        for index in devices.indices { body(&devices[index]) }
        tenant.fleet.change(number) { $0.devices = devices }
    }

    /// Faults of the newest record of a person.
    private func seedRecord(_ fault: Fault, _ number: Int) throws(Reply) {
        let person = tenant.directory.state.person(number)
        let key = person.id.filter { $0 != "-" } + "-"
        guard var record = tenant.pfx.all.last(where: { $0.id.hasPrefix(key) }) else {
            throw ControlError.reply("there is no imported PFX of \(person.userPrincipalName)")
        }
        switch fault {
        case .recordDeleted: _ = tenant.pfx.delete(record.id)
        case .oldKeyStartsLater, .recordTwice:
            // Another certificate under this person, or the same one under another person.
            let other = (number + 1) % max(tenant.directory.state.numbers.count, 1)
            let stranger = tenant.directory.state.person(other).id.filter { $0 != "-" }
            if fault == .recordTwice {
                record.id = "\(stranger)-\(record.thumbprint)"
            } else {
                record.thumbprint = String(record.thumbprint.reversed())
                record.id = key + record.thumbprint
                record.startDate = record.startDate.addingTimeInterval(86400)
            }
            _ = tenant.pfx.create(record)
        default:
            switch fault {
            case .wrongPurpose: record.intendedPurpose = "smimeSigning"
            case .otherProvider: record.providerName = "Microsoft Platform Crypto Provider"
            case .otherKeyName: record.keyName = "OldEncryptionKey"
            case .otherPadding: record.paddingScheme = "oaepSha256"
            case .otherSignInName: record.userPrincipalName = "former.\(person.userPrincipalName)"
            case .otherThumbprint: record.thumbprint = String(record.thumbprint.reversed())
            case .wrongDates: record.expirationDate = record.expirationDate.addingTimeInterval(-86400)
            default:
                record.created = clock.now.addingTimeInterval(7200)
                record.lastModified = record.created
            }
            tenant.pfx.set(record)
        }
    }
}
