// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import PKIX
import Store
import TestSupport
import Testing

@testable import Gateway

/// CAs of our own, as the gateway remembers them.
@Suite struct AuthorityWatchTests {
    private let watch: AuthorityWatch
    private let key: PrivateKey
    private let root: Certificate

    init() async throws {
        watch = AuthorityWatch(OrderLedger(database: try await TestDatabase(OrderLedger.migrations)))
        key = try PrivateKey.generate(.p256)
        root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Root")], publicKey: key.publicKey, notBefore: Date() - 600,
            notAfter: Date() + 86_400
        ).selfSigned(key: key)
    }

    private func state(
        _ number: Int, _ entries: [(UInt8, RevocationReason)] = [], issued: Int = 0, isRetired: Bool = false
    ) throws -> AuthorityState {
        let list = try CertificateRevocationList.make(
            issuer: root, key: key, number: number, thisUpdate: Date(), nextUpdate: Date() + 3600,
            entries: entries.map {
                .init(serialNumber: SerialNumber([$0.0]), revocationDate: Date(), reasonCode: $0.1.rawValue)
            })
        return AuthorityState(root: root, lists: [list], issued: issued, isRetired: isRetired)
    }

    /// Each way in which a state can be behind the one before, also by a part that others hide.
    @Test func anOlderCopyIsNoticed() async throws {
        let last = try state(9, [(1, .keyCompromise), (2, .certificateHold)], issued: 2, isRetired: true)
        #expect(try await watch.look("own") { last }.sign == nil)
        let copies: [(AuthorityState, String)] = [
            (try state(8, [(1, .keyCompromise)], issued: 2, isRetired: true), "number 9"),
            (try state(10, [(2, .certificateHold)], issued: 2, isRetired: true), "there were 1"),
            (try state(10, [(1, .keyCompromise)], issued: 1, isRetired: true), "1 certificates are on record"),
            (try state(10, [(1, .keyCompromise)], issued: 2), "certway ca retire"),
            (AuthorityState(root: root, lists: [], issued: 2, isRetired: true), "is gone"),
        ]
        for (copy, word) in copies {
            for sign in [try await watch.sign("own") { copy }, try await watch.look("own") { copy }.sign] {
                #expect(
                    sign?.contains(word) == true && sign?.contains("certway restore accept --backend-ca own") == true)
            }
        }
        // The published list is back, and a hold may end.
        let back = try state(9, [(1, .keyCompromise)], issued: 3, isRetired: true)
        #expect(try await watch.look("own") { back }.sign == nil)
        // Another CA in the same place, and the same under another name, begin anew.
        let first = try state(1)
        #expect(try await watch.look("other") { first }.sign == nil)
        try await watch.accept("own", first, by: .service)
        #expect(try await watch.sign("own") { first } == nil)
    }

    /// Between the state and the mark another process has signed, looked and remembered.
    @Test(arguments: [false, true]) func whatAnotherProcessRemembersMeanwhileIsNoLoss(remembers: Bool) async throws {
        let (before, after) = (try state(1, issued: 1), try state(2, [(1, .keyCompromise)], issued: 2))
        _ = try await watch.look("own") { before }
        var reads = 0
        func read() async throws -> AuthorityState {
            reads += 1
            guard reads == 1 else { return after }
            _ = try await watch.look("own") { after }
            return before
        }
        let sign = remembers ? try await watch.look("own", read).sign : try await watch.sign("own", read)
        #expect(sign == nil)
        // What was taken up is the newer one: the older state is a copy from now on.
        #expect(try await watch.sign("own") { before } != nil)
    }

    /// Nobody knows what it would sign: neither where its files cannot be read nor where the mark cannot.
    @Test func aCAThatCannotBeLookedAtIsNotUsed() async throws {
        let authority = ScriptedAuthority(try state(1))
        let profile = try ConnectorProfile.read(
            "{connector: scripted, title: Scripted, module: scripted}", file: "scripted.yaml")
        let registry = BackendCARegistry([
            "own": .ready(BackendCA(name: "own", profile: profile, connector: authority, acceptedRoots: [root]))
        ])
        func isReady() -> Bool { if case .ready? = registry["own"] { true } else { false } }
        for isOfTheFiles in [true, false] {
            authority.failure.withLock { $0 = isOfTheFiles ? ConnectorError(.configuration, "the list is torn") : nil }
            let failed = await registry.examineAuthorities { name, read in
                let found = try await watch.look(name, read)
                if !isOfTheFiles { throw StoreError(.full, "the disk is full") }
                return found
            }
            #expect(!isReady() && failed.problems.count == 1, "\(failed)")
            // What is due there is left alone, for the same reason.
            #expect(await registry.maintain().problems == failed.problems)
            authority.failure.withLock { $0 = nil }
            let mended = await registry.examineAuthorities { try await watch.look($0, $1) }
            #expect(isReady() && mended.problems.isEmpty, "\(mended)")
            #expect(await registry.maintain().problems.isEmpty)
        }
    }

    @Test func aMarkIsReadAsItWasWritten() throws {
        let mark = AuthorityMark(try state(7, [(1, .superseded), (2, .certificateHold)], issued: 5, isRetired: true))
        #expect(mark.lists == ["CN=Root": .init(number: 7, revoked: 1)] && mark.onHold == ["CN=Root": ["02"]])
        #expect(AuthorityMark(json: try JSONValue(parsing: mark.json.text)) == mark)
    }
}
