// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Ledger
import PKIX
import Secrets
import Settings
import Store
import Testing

/// Nothing leaves the archive that is not on record.
@Suite(.timeLimit(.minutes(5))) struct RecoveryRecordTests {
    private let office: Office
    private let certificate: CertificateRecord

    init() async throws {
        office = try await Office()
        try await office.issue("ada", by: (office.root, office.rootKey), at: Office.start + 60, .active)
        let made = try #require(try await office.ledger.certificates().first)
        certificate = made
        try await office.store.database.write { connection in
            try connection.put(
                into: "archived_keys", key: ["order_id": .integer(made.orderID)],
                values: [
                    "certificate_id": .integer(made.id), "cms": .blob([1, 2, 3]), "recipients": .text("[]"),
                    "created_at": .integer(0),
                ])
        }
    }

    private func recovery(_ purpose: String = "ticket 4711") throws -> KeyRecovery {
        try KeyRecovery(office.ledger, caller: .commandLine("eve"), purpose: purpose, approvals: 1)
    }

    @Test func whatCannotBePutOnRecordDoesNotLeave() async throws {
        #expect(try await recovery().record(certificate.serialNumber).bytes == [1, 2, 3])
        try await office.store.database.write { connection in
            try connection.execute(
                """
                CREATE TRIGGER full BEFORE INSERT ON key_recoveries BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
                """)
        }
        await #expect(throws: StoreError.self) { try await recovery().record(certificate.serialNumber) }
        #expect(try await office.ledger.recoveryAttempts().items.map(\.outcome) == [.exported])
        #expect(try await office.ledger.events(certificate.orderID).filter { $0.kind == "keyExported" }.count == 1)
    }

    /// A file that cannot be read, a password that cannot be used, a key that opens nothing: each with whatever is known of
    /// the agent by then.
    @Test func everyFailureIsOnRecord() async throws {
        let agentKey = try PrivateKey.generate(.p256)
        let agent = try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", "Agent")], publicKey: agentKey.publicKey,
            notBefore: Office.start,
            notAfter: Office.end
        ).selfSigned(key: agentKey)
        let unreadable = SettingsError("cannot be read")
        func expect(_ fingerprint: String?, _ outcome: KeyRecoveryAttempt.Outcome, _ opening: KeyRecovery.Opening)
            async throws
        {
            await #expect(throws: (any Error).self) { try await recovery().recover(certificate.serialNumber, opening) }
            let last = try #require(
                try await office.ledger.recoveryAttempts(orderID: certificate.orderID).first)
            #expect(last.agentFingerprint == fingerprint && last.outcome == outcome && !last.detail.isEmpty, "\(last)")
            #expect(last.subscriber == "ada@example.org" && last.purpose == "ticket 4711" && last.actor == "eve")
        }
        try await expect(
            nil, .refused,
            KeyRecovery.Opening(
                certificate: { throw unreadable }, key: { agentKey }, password: { Secret("correct horse battery") }))
        try await expect(
            agent.sha256Fingerprint, .refused,
            KeyRecovery.Opening(certificate: { agent }, key: { agentKey }, password: { Secret("short") }))
        try await expect(
            agent.sha256Fingerprint, .refused,
            KeyRecovery.Opening(
                certificate: { agent }, key: { throw unreadable }, password: { Secret("correct horse battery") }))
        try await expect(
            agent.sha256Fingerprint, .failed,
            KeyRecovery.Opening(
                certificate: { agent }, key: { agentKey }, password: { Secret("correct horse battery") }))
        #expect(try await office.ledger.recoveryAttempts().items.count == 4)
        #expect(try await office.ledger.keptKeys().items.map(\.recoveries) == [0])
    }

    @Test(arguments: ["", " \n", String(repeating: "x", count: 501)])
    func aPurposeIsAFewWords(_ purpose: String) async throws {
        #expect(throws: SettingsError.self) { try recovery(purpose) }
        #expect(try await office.ledger.recoveryAttempts().items.isEmpty)
    }
}
