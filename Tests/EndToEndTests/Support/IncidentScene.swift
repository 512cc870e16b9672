// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Synchronization
import TestSupport
import Testing

/// A company with certificates from a hostile CA, whose clock and the gateway's are one that jumps; and what the sandbox has on record of it.
final class IncidentScene: Sendable {
    let gateway: GatewayUnderTest
    let authorities: [String]
    private let clicks: Bool
    private let folder: TemporaryFolder
    /// Thumbprints by CA and serial number: a certificate is taken apart once, and looked at in each step.
    private let thumbprints = Mutex<[String: String]>([:])
    /// Requests that the gateway may make in so many seconds; the CAs refuse more, and count that. Ten minutes of the clock go by in one of
    /// ours when there are thousands of people.
    private static let limit = (requests: TestSize.choose(100, full: 1000), seconds: 5)

    var sandbox: SandboxProcess { gateway.sandbox }

    /// - Parameters:
    ///   - authorities: the CA in use, and others.
    ///   - clicks: whether people have to prove their mailboxes.
    init(_ people: Int, _ authorities: [String], seed: Int, clicks: Bool) async throws {
        self.authorities = authorities
        self.clicks = clicks
        folder = try TemporaryFolder()
        let sandbox = try await SandboxProcess(
            [
                "--users", "\(people)", "--hostile", "--seed", "\(seed)", "--start", "2031-06-02T06:00:00Z", "--clock",
                folder.path("clock"), "--only", "tenant",
            ] + authorities.flatMap { ["--only", $0] } + (clicks ? ["--email-validation"] : []))
        gateway = try await GatewayUnderTest(
            sandbox: sandbox, connector: authorities[0], others: Array(authorities.dropFirst()),
            clock: folder.path("clock")
        ) {
            $0.replacing(
                /"limits": ?\[\]/,
                with: "\"limits\": [{\"requests\": \(Self.limit.requests), \"per\": \"\(Self.limit.seconds)s\"}]")
        }
        for name in authorities {
            try await sandbox.set(
                name, ["limit": ["requests": JSONValue(Self.limit.requests), "seconds": JSONValue(Self.limit.seconds)]])
        }
    }

    /// Everybody gets a certificate, and time passes. This is not yet what is tried.
    func enroll(_ people: Int, thenDays days: Int) async throws {
        try await sandbox.control("/control/hostility", method: "POST", body: #"{"paused":true}"#)
        for _ in 0..<max(20, people / 10) {
            try await gateway.finish(within: TestSize.choose(5, full: 60))
            if try await sandbox.control("/control/pfx")["pfx"]?.array?.count == people { break }
            if clicks {
                try await sandbox.control("/control/validate", method: "POST", body: #"{"all":true}"#)
            }
            try await advance(minutes: 10)
        }
        try await gateway.finish(within: 3)
        let held = try await records()
        try await sandbox.control("/control/hostility", method: "POST", body: #"{"paused":false}"#)
        try #require(held.count == people && held.allSatisfy { $0.isInIntune }, "\(held.count) of \(people)")
        try await advance(minutes: days * 1440)
    }

    func advance(minutes: Int) async throws {
        try await sandbox.advance(seconds: minutes * 60)
    }

    /// What the clock shows.
    func now() async throws -> Date {
        let text = try await sandbox.control("/control/clock")["now"]?.string ?? ""
        return try Date(text, strategy: .iso8601)
    }

    /// One certificate as its CA and Intune have it.
    struct Held {
        let ca: String
        let serial: String
        let emails: Set<String>
        let isRevoked: Bool
        let isInIntune: Bool
        let reference: String
    }

    /// All certificates of all CAs.
    func records() async throws -> [Held] {
        let present = Set(
            (try await sandbox.control("/control/pfx")["pfx"]?.array ?? []).compactMap {
                $0["thumbprint"]?.string?.lowercased()
            })
        var held: [Held] = []
        for ca in authorities {
            for order in try await sandbox.orders(ca) {
                for certificate in order["certificates"]?.array ?? [] {
                    let serial = certificate["serialNumber"]?.string ?? ""
                    let thumbprint = try thumbprints.withLock { known in
                        if let thumbprint = known["\(ca) \(serial)"] { return thumbprint }
                        let read = try Certificate(pem: certificate["pem"]?.string ?? "").sha1Fingerprint.lowercased()
                        known["\(ca) \(serial)"] = read
                        return read
                    }
                    held.append(
                        Held(
                            ca: ca, serial: serial,
                            emails: Set(order["emails"]?.array?.compactMap { $0.string?.lowercased() } ?? []),
                            isRevoked: certificate["revoked"] == true,
                            isInIntune: present.contains(thumbprint),
                            reference: order["reference"]?.string ?? ""))
                }
            }
        }
        return held
    }

    /// People by main address.
    func people() async throws -> [String] {
        (try await sandbox.control("/control/people")["people"]?.array ?? []).compactMap {
            $0["mail"]?.string?.lowercased()
        }
    }

    /// People who click their links at DigiCert, but for some.
    func click(except never: Set<String>) async throws {
        var addresses: Set<String> = []
        for order in try await sandbox.orders("digicert-certcentral") where order["status"] == "pending" {
            let own = Set(order["emails"]?.array?.compactMap { $0.string?.lowercased() } ?? [])
            if own.isDisjoint(with: never) { addresses.formUnion(own) }
        }
        for address in addresses.sorted() {
            try await sandbox.control(
                "/control/validate", method: "POST", body: JSONValue.object(["email": .string(address)]).text)
        }
    }

    /// An administrator does what the gateway asks for: looks for orders in doubt at the CA, and says what there is.
    func answerDoubts() async throws {
        let held = try await gateway.certway(["order", "list", "--held", "--all", "--output", "json"]).json.array ?? []
        for order in held where order["stage"] == "submitted" {
            let reference = order["reference"]?.string ?? ""
            var there: [JSONValue] = []
            for ca in authorities { there += try await sandbox.orders(ca) }
            let found = there.first { $0["reference"]?.string == reference }?["id"]?.identifier
            let told = try await gateway.certway(
                ["order", "retry", reference] + (found.map { ["--found", $0] } ?? ["--absent"]))
            try #require(told.status == 0, "\(told.errors)")
        }
    }

    /// Requests that the CAs have refused because there were too many.
    func overload() async throws -> Int {
        var count = 0
        for ca in authorities { count += try await sandbox.control("/control/cas/\(ca)")["refusedByLimit"]?.int ?? 0 }
        return count
    }

    func show(_ name: String) async throws -> JSONValue {
        try await gateway.certway(["incident", "show", name, "--all", "--output", "json"]).json
    }
}
