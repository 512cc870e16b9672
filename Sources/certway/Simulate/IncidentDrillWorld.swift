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
    /// What was read before, by serial number: the same certificate is not taken apart again at each look.
    private var known: [String: (thumbprint: String, emails: Set<String>)] = [:]
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
        var own: [String: Int] = [:]
        for certificate in held { for address in certificate.emails { own[address, default: 0] += 1 } }
        return references.count { $0.count > 1 } + addresses.reduce(0) { $0 + max(0, (own[$1] ?? 0) - 2) }
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
                    let serial = entry["serialNumber"]?.string ?? ""
                    let key = "\(ca) \(serial)"
                    if known[key] == nil, let certificate = try? Certificate(pem: entry["pem"]?.string ?? "") {
                        known[key] = (
                            certificate.sha1Fingerprint.lowercased(),
                            Set(certificate.emailAddresses.map { $0.lowercased() })
                        )
                    }
                    guard let read = known[key] else { continue }
                    held.append(
                        Held(
                            serial: serial, reference: order["reference"]?.string ?? "", emails: read.emails,
                            isRevoked: entry["revoked"] == true, isInIntune: present.contains(read.thumbprint)))
                }
            }
        }
    }

    /// The CA has other ids for these products from now on, each by its first one.
    func rename(_ products: [String: String], at ca: String) async throws {
        _ = try await sandbox.control(
            "/control/cas/\(ca)", ["renamedProducts": .object(products.mapValues { .string($0) })])
    }

    /// From now on the CAs refuse what is beyond a limit, which the gateway knows.
    func limit(_ limit: Scenario.RequestLimit) async throws {
        for ca in authorities {
            _ = try await sandbox.control(
                "/control/cas/\(ca)",
                ["limit": ["requests": JSONValue(limit.requests), "seconds": JSONValue(limit.seconds)]])
        }
    }

    /// Requests that the CAs have refused because there were too many.
    func overload() async throws -> Int {
        var count = 0
        for ca in authorities { count += try await sandbox.control("/control/cas/\(ca)")["refusedByLimit"]?.int ?? 0 }
        return count
    }

    /// What the shared clock shows.
    func now() async throws -> Date {
        let text = try await sandbox.control("/control/clock")["now"]?.string ?? ""
        return try Date(text, strategy: .iso8601)
    }

    func advance(_ seconds: TimeInterval) async throws {
        _ = try await sandbox.control("/control/clock", ["advance": .number(seconds)])
    }
}
