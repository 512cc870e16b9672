// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Synchronization

/// Connectors, import profiles, licences and devices of the tenant. Everybody has two devices and a licence unless a test has said
/// otherwise; devices have synchronised a few minutes ago.
final class DeviceFleet: Sendable {
    /// What differs from that for one person, by number.
    struct Special: Sendable {
        var devices: [ManagedDevice]?
        var isLicensed = true
        /// Whether an upload for this person is refused without a word.
        var refusesUploads = false
    }

    struct State: Sendable {
        var connectors: [InstalledConnector] = []
        var profiles: [ImportProfile] = []
        var special: [Int: Special] = [:]
    }

    private let state: Mutex<State>
    private let original: State
    private let seed: UInt64
    private let clock: SandboxClock

    init(seed: UInt64, key: PrivateKey, group: String, clock: SandboxClock) {
        (self.seed, self.clock) = (seed, clock)
        var generator = SeededGenerator(seed, "devices")
        var made = State()
        made.connectors = ["ndes-1", "ndes-2"].map { name in
            InstalledConnector(
                id: generator.guid(), displayName: "Certificate connector \(name)",
                machineName: "\(name).corp.sandbox.example", lastConnection: clock.now,
                enrolled: clock.now.addingTimeInterval(-200 * 86400), key: key)
        }
        made.profiles = DevicePlatform.allCases.flatMap { platform in
            ["smimeEncryption", "smimeSigning"].map { purpose in
                ImportProfile(
                    id: generator.guid(), platform: platform, intendedPurpose: purpose, groups: [group])
            }
        }
        original = made
        state = Mutex(made)
    }

    var current: State {
        var copy = state.withLock { $0 }
        // An active connector is in touch all the time.
        for index in copy.connectors.indices where copy.connectors[index].state == "active" {
            copy.connectors[index].lastConnection = clock.now.addingTimeInterval(-60)
        }
        return copy
    }

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    /// Everything as it was in the beginning.
    func reset() { state.withLock { $0 = original } }

    func special(_ number: Int) -> Special { state.withLock { $0.special[number] ?? Special() } }

    func change(_ number: Int, _ body: (inout Special) -> Void) {
        state.withLock { body(&$0.special[number, default: Special()]) }
    }

    /// The devices of a person.
    func devices(of number: Int) -> [ManagedDevice] {
        special(number).devices ?? usual(number)
    }

    func usual(_ number: Int) -> [ManagedDevice] {
        var generator = SeededGenerator(seed, "device", String(number))
        return DevicePlatform.allCases.map { platform in
            ManagedDevice(
                id: generator.guid(), name: "\(platform.operatingSystem)-\(number)", platform: platform,
                osVersion: platform.newVersion, lastSync: clock.now.addingTimeInterval(-1),
                enrolled: clock.now.addingTimeInterval(-100 * 86400))
        }
    }
}
