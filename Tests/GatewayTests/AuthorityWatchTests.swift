// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import PKIX
import Store
import StoreSQLite
import TestSupport
import Testing

@testable import Gateway

/// CAs of our own, as the gateway remembers them.
@Suite struct AuthorityWatchTests {
    private let folder: TemporaryFolder
    private let watch: AuthorityWatch
    private let key: PrivateKey
    private let root: Certificate

    init() async throws {
        folder = try TemporaryFolder()
        let database = try SQLiteDatabase(path: folder.path("certway.db"))
        try await Migrator(OrderLedger.migrations).migrate(database)
        watch = AuthorityWatch(OrderLedger(database: database))
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
        #expect(try await watch.look("own", last).sign == nil)
        let copies: [(AuthorityState, String)] = [
            (try state(8, [(1, .keyCompromise)], issued: 2, isRetired: true), "number 9"),
            (try state(10, [(2, .certificateHold)], issued: 2, isRetired: true), "there were 1"),
            (try state(10, [(1, .keyCompromise)], issued: 1, isRetired: true), "1 certificates are on record"),
            (try state(10, [(1, .keyCompromise)], issued: 2), "certway ca retire"),
            (AuthorityState(root: root, lists: [], issued: 2, isRetired: true), "is gone"),
        ]
        for (copy, word) in copies {
            for sign in [try await watch.sign("own", copy), try await watch.look("own", copy).sign] {
                #expect(
                    sign?.contains(word) == true && sign?.contains("certway restore accept --backend-ca own") == true)
            }
        }
        // The published list is back, and a hold may end.
        #expect(try await watch.look("own", state(9, [(1, .keyCompromise)], issued: 3, isRetired: true)).sign == nil)
        // Another CA in the same place, and the same under another name, begin anew.
        #expect(try await watch.look("other", state(1)).sign == nil)
        try await watch.accept("own", state(1))
        #expect(try await watch.sign("own", state(1)) == nil)
    }

    @Test func aMarkIsReadAsItWasWritten() throws {
        let mark = AuthorityMark(try state(7, [(1, .superseded), (2, .certificateHold)], issued: 5, isRetired: true))
        #expect(mark.lists == ["CN=Root": .init(number: 7, revoked: 1)] && mark.onHold == ["CN=Root": ["02"]])
        #expect(AuthorityMark(json: try JSONValue(parsing: mark.json.text)) == mark)
    }
}
