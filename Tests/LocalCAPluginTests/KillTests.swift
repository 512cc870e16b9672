// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import TestSupport
import Testing

@testable import LocalCAPlugin

@Suite(.timeLimit(.minutes(5))) struct KillTests {
    /// A process enrolls and revokes without end until SIGKILL takes it at a random moment; what it leaves behind must be
    /// a sound CA every time, on which the same references give the same certificates.
    @Test func aKilledProcessLeavesASoundCA() async throws {
        let fixture = try LocalCAFixture()
        var known: [String: Certificate] = [:]
        var random = SeededGenerator(seed: TestSeed.choose("moments at which the local CA is killed"))
        for round in 0..<10 {
            let microseconds = Int.random(in: 500...60_000, using: &random)
            print("round \(round): kill after \(microseconds) µs of work")
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = fixture.path as String, round = round as Int, microseconds = microseconds as Int] in
                let connector = try LocalCAFixture(existing: path).makeConnector()
                // The first call is not counted: it loads what the process needs.
                _ = try await connector.check()
                Thread.detachNewThread {
                    usleep(UInt32(microseconds))
                    kill(getpid(), SIGKILL)
                }
                await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<4 {
                        group.addTask {
                            for index in 0... {
                                let request = try LocalCAFixture.request("order-\(round)-\(worker % 2)-\(index)")
                                let chain = try #require(try await connector.enroll(request).chain)
                                let revocation = RevocationRequest(
                                    certificate: chain[0], order: CAOrder(caRequestID: ""), reason: .superseded,
                                    comment: "")
                                if index.isMultiple(of: 3) { _ = try await connector.revoke(revocation) }
                            }
                        }
                    }
                }
            }
            let connector = try fixture.makeConnector()
            let orders = try connector.authority.references()
            let crl = try connector.authority.crl()
            #expect(Set(known.keys).isSubset(of: orders))
            for reference in orders {
                // Workers race for each reference with keys of their own: there is one certificate all the same.
                let chain = try #require(try await connector.enroll(LocalCAFixture.request(reference)).chain)
                #expect(known[reference] == nil || known[reference] == chain[0])
                known[reference] = chain[0]
                #expect(chain[0].isIssued(by: fixture.authorities[0]))
            }
            let serials = Set(known.values.map(\.serialNumber))
            #expect(serials.count == known.count)
            #expect(Set(crl.entries.map(\.serialNumber)).isSubset(of: serials))
            let records = try connector.authority.directory.names(in: "certificates")
            #expect(Set(records) == Set(serials.map { $0.hex + ".pem" }))
        }
        #expect(!known.isEmpty, "every kill came before the first certificate: nothing is proved")
        print("\(known.count) certificates survived 10 kills")
    }
}
