// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Foundation
import Ledger
import Planning
import Store
import Testing

/// A key in wrong hands is taken from devices with the revocation, whoever asks for that: revoked alone it would come to every new device.
@Suite(.timeLimit(.minutes(5))) struct CompromiseWithdrawalTests {
    private let archive: ArchiveOffice
    private let ada: CertificateRecord
    private var ledger: OrderLedger { archive.office.ledger }
    private var actions: CertificateActions {
        CertificateActions(ledger, archive.gateway.mirror, caller: .commandLine("eve"))
    }

    init() async throws {
        archive = try await ArchiveOffice(["ada"])
        ada = try #require(archive.certificates["ada"])
        var terms = OrderTerms(template: try #require(archive.gateway.configuration.template("smime")))
        terms.delivery = .intune
        let (text, order) = (terms.json.text, ada.orderID)
        try await archive.office.store.database.write { connection in
            _ = try connection.execute("UPDATE orders SET request = ? WHERE id = ?", [.text(text), .integer(order)])
        }
    }

    private func asked() async throws -> [CertificateAction.Kind: CertificateAction] {
        let all = try await ledger.standingActions(certificateIDs: [ada.id])[ada.id] ?? []
        return Dictionary(uniqueKeysWithValues: all.map { ($0.kind, $0) })
    }

    @Test func whoLosesADeviceHasItTakenFromTheOthersToo() async throws {
        let caller = archive.caller("ada@example.org", [.employee], id: "ada")
        let outcomes = try await OwnCertificates(archive.gateway, caller).revoke(
            [ada.id], reason: .keyCompromise, cause: "lost", isDryRun: false)
        #expect(outcomes.follows?.contains("it is taken from the devices") == true, "\(outcomes)")
        let asked = try await asked()
        let (revocation, withdrawal) = (try #require(asked[.revoke]), try #require(asked[.withdraw]))
        #expect(withdrawal.actor == "ada@example.org" && withdrawal.cause == "lost")
        #expect(withdrawal.isOrderedAgain && withdrawal.notBefore == revocation.notBefore)
        // Old mail is read with the archived key.
        #expect(try await ledger.archivedKey(certificateID: ada.id) != nil)
    }

    /// Whatever is asked for first, device and CA hear of it together.
    @Test(arguments: [
        [(RevocationReason.keyCompromise, 7200.0), (.superseded, 0)], [(.superseded, 0), (.keyCompromise, 7200)],
        [(.superseded, 3600), (.keyCompromise, 7200)], [(.keyCompromise, 7200), (.keyCompromise, 3600)],
    ])
    func theWithdrawalLeavesWhenTheRevocationDoes(_ wishes: [(RevocationReason, Double)]) async throws {
        for (reason, seconds) in wishes {
            _ = try await actions.revoke([ada], reason: reason, cause: "\(seconds)", delay: .seconds(seconds))
        }
        let asked = try await asked()
        let (revocation, withdrawal) = (try #require(asked[.revoke]), try #require(asked[.withdraw]))
        #expect(revocation.reason == .keyCompromise)
        let shortest = wishes.map(\.1).min() ?? 0
        for action in [revocation, withdrawal] {
            let wait = action.notBefore.map { $0.timeIntervalSince(ledger.clock.now()) } ?? 0
            #expect(wait <= shortest && wait >= shortest - 60, "\(action.kind): \(wait) s, not \(shortest)")
        }
    }

    @Test func whatIsTakenBackIsTakenBackWhole() async throws {
        let made = try await actions.revoke(
            [ada], reason: .keyCompromise, cause: "stolen", delay: .seconds(3600))
        #expect(made.map(\.kind) == [.revoke])
        #expect(try await asked().count == 2)
        let undone = try await actions.change([ada], .undo)
        #expect(undone.changed.map(\.kind) == [.revoke] && undone.refused.isEmpty)
        #expect(try await asked().isEmpty)
        #expect(try await ledger.compromised(among: [ada.id]).isEmpty)
    }

    /// What somebody has asked for besides stays.
    @Test func aWithdrawalOfItsOwnStays() async throws {
        _ = try await actions.withdraw([ada], cause: "wrong profile")
        _ = try await actions.revoke([ada], reason: .keyCompromise, cause: "stolen", delay: .seconds(3600))
        _ = try await actions.change([ada], .undo)
        #expect(try await asked().map(\.value.cause) == ["wrong profile"])
    }

    @Test(arguments: [RevocationReason.superseded, .affiliationChanged, .unspecified])
    func anotherReasonLeavesItOnTheDevices(_ reason: RevocationReason) async throws {
        _ = try await actions.revoke([ada], reason: reason, cause: "so", delay: nil)
        #expect(try await asked().keys.map(\.self) == [.revoke])
    }

    /// Mostly it becomes known later.
    @Test func whatIsRevokedAlreadyIsWithdrawn() async throws {
        let id = ada.id
        try await archive.office.store.database.write { connection in
            _ = try connection.execute("UPDATE certificates SET status = 'revoked' WHERE id = ?", [.integer(id)])
        }
        let record = try #require(try await ledger.certificate(id))
        try await actions.noteCompromise(of: [record], cause: "it was public")
        #expect(try await asked().map(\.value.cause) == ["it was public"])
        #expect(try await asked()[.withdraw] != nil)
    }
}
