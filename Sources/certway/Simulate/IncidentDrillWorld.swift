// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// What the sandbox of a drill has on record: its people, what its CAs have issued and revoked, and what Intune holds.
struct IncidentDrillWorld {
    struct Held {
        let serial: String
        let reference: String
        let emails: Set<String>
        let isRevoked: Bool
        let isInIntune: Bool
    }

    private let sandbox: SandboxService
    private let authorities: [String]
    private(set) var held: [Held] = []
    /// Main addresses of everybody.
    private(set) var addresses: Set<String> = []

    init(sandbox: SandboxService, authorities: [String]) {
        self.sandbox = sandbox
        self.authorities = authorities
    }

    /// People with a certificate in Intune that is not revoked.
    var good: Set<String> {
        Set(held.filter { !$0.isRevoked && $0.isInIntune }.flatMap(\.emails)).intersection(addresses)
    }

    /// References that more than one order has, and certificates beyond two for one person.
    var doubled: Int {
        let references = Dictionary(grouping: held.filter { !$0.reference.isEmpty }, by: \.reference).values
        let own = addresses.map { address in held.count { $0.emails.contains(address) } }
        return references.count { $0.count > 1 } + own.reduce(0) { $0 + max(0, $1 - 2) }
    }

    mutating func look() async throws {
        let people = try await sandbox.control("/control/people")["people"]?.array ?? []
        addresses = Set(people.compactMap { $0["mail"]?.string?.lowercased() })
        let present = Set(
            (try await sandbox.control("/control/pfx")["pfx"]?.array ?? []).compactMap {
                $0["thumbprint"]?.string?.lowercased()
            })
        held = []
        for ca in authorities {
            for order in try await sandbox.control("/control/cas/\(ca)")["orders"]?.array ?? [] {
                for entry in order["certificates"]?.array ?? [] {
                    guard let certificate = try? Certificate(pem: entry["pem"]?.string ?? "") else { continue }
                    held.append(
                        Held(
                            serial: entry["serialNumber"]?.string ?? "", reference: order["reference"]?.string ?? "",
                            emails: Set(certificate.emailAddresses.map { $0.lowercased() }),
                            isRevoked: entry["revoked"] == true,
                            isInIntune: present.contains(certificate.sha1Fingerprint.lowercased())))
                }
            }
        }
    }

    func advance(_ seconds: TimeInterval) async throws {
        _ = try await sandbox.control("/control/clock", ["advance": .number(seconds)])
    }
}
