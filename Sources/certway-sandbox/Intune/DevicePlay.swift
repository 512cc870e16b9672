// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Secrets

/// Plays what connectors and devices do with the imported PFX records, and says how it ends (wire/intune-pfx.md sections 6 to 8).
struct DevicePlay: Sendable {
    let directory: TenantDirectory
    let store: PFXStore
    let fleet: DeviceFleet

    /// How a record has ended on a device.
    struct Ending: Sendable {
        let record: UserPFXCertificate
        let device: ManagedDevice
        let person: Person
        /// Of `certificateIssuanceStates`.
        let state: String
        let errorCode: Int
        let profile: ImportProfile
    }

    /// The endings of one profile on all devices of its people.
    func endings(of profile: ImportProfile) -> [Ending] {
        let state = fleet.current
        let people = directory.state
        let byPerson = Dictionary(grouping: store.all) { String($0.id.prefix { $0 != "-" }) }
        return byPerson.keys.sorted().flatMap { key -> [Ending] in
            guard let number = number(key, people), people.isPresent(number) else { return [] }
            let person = people.person(number)
            guard person.isEnabled, fleet.special(number).isLicensed, isAssigned(profile, number, people) else {
                return []
            }
            // Of several with the same purpose the one that starts latest is delivered.
            let wanted = (byPerson[key] ?? []).filter {
                $0.intendedPurpose == profile.intendedPurpose
                    && $0.userPrincipalName.lowercased() == person.userPrincipalName.lowercased()
            }.max { $0.startDate < $1.startDate }
            guard let wanted else { return [] }
            return fleet.devices(of: number).enumerated().compactMap { index, device in
                guard device.platform == profile.platform, device.lastSync > wanted.lastModified.addingTimeInterval(-5)
                else { return nil }
                let active = state.connectors.filter { $0.state == "active" }
                guard !active.isEmpty else { return nil }
                let (word, code) = outcome(wanted, device, active[index % active.count])
                return Ending(
                    record: wanted, device: device, person: person, state: word, errorCode: code, profile: profile)
            }
        }
    }

    private func number(_ key: String, _ people: DirectoryState) -> Int? {
        guard key.utf8.count == 32 else { return nil }
        let digits = Array(key)
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return people.number(ofID: parts.joined(separator: "-"))
    }

    private func isAssigned(_ profile: ImportProfile, _ number: Int, _ people: DirectoryState) -> Bool {
        profile.groups.contains { people.transitiveMembers(of: $0).contains(.person(number)) }
    }

    private func outcome(
        _ record: UserPFXCertificate, _ device: ManagedDevice, _ connector: InstalledConnector
    ) -> (state: String, code: Int) {
        let hashes: [String: DigestAlgorithm] = [
            "oaepSha256": .sha256, "oaepSha384": .sha384, "oaepSha512": .sha512,
        ]
        guard let key = connector.key, record.providerName == IntuneConnector.providerName,
            record.keyName == IntuneConnector.keyName, let hash = hashes[record.paddingScheme],
            let sealed = Data(base64Encoded: record.encryptedPassword),
            let password = try? key.decryptOAEP(Array(sealed), hash: hash)
        else { return ("issueFailed", -2_146_893_802) }
        guard let file = Data(base64Encoded: record.encryptedBlob), !device.failsToInstall,
            device.platform.opensPBES2(device.osVersion) || !Self.isPBES2(Array(file)),
            let bundle = try? PKCS12Bundle.open(Array(file), password: password),
            bundle.certificate.sha1Fingerprint == record.thumbprint
        else { return ("installFailed", -2_016_281_112) }
        return ("installed", 0)
    }

    /// Whether the object identifier of PBES2 (RFC 8018) is in the file.
    private static func isPBES2(_ file: [UInt8]) -> Bool {
        Data(file).range(of: Data([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D])) != nil
    }
}

extension DevicePlay.Ending {
    var json: JSONValue {
        [
            "id": .string("\(profile.id)_\(device.id)"), "devicePlatform": .string(device.platform.stateName),
            "certificateIssuanceState": .string(state),
            "certificateThumbprint": .string(record.thumbprint.uppercased()),
            "certificateErrorCode": JSONValue(errorCode), "deviceDisplayName": .string(device.name),
            "userDisplayName": .string(person.displayName),
            "certificateProfileDisplayName": .string(profile.displayName),
            "certificateExpirationDateTime": .string(Timestamp.utc(record.expirationDate)),
            "certificateLastIssuanceStateChangedDateTime": .string(Timestamp.utc(device.lastSync)),
            "certificateRevokeStatus": "none",
        ]
    }
}
