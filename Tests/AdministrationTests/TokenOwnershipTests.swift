// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import Ledger
import PKIX
import Records
import Recoveries
import Settings
import SignIn
import Store
import TestSupport
import Testing

@testable import Administration

/// What belongs to a token belongs to that one, not to whoever has its name next.
@Suite(.timeLimit(.minutes(5))) struct TokenOwnershipTests {
    private let office: Office
    private let ada = Caller(name: "ada", roles: [.administrator], objectID: "id-ada", origin: "by group CW-Admins")

    init() async throws {
        office = try await Office()
        try await office.apply(
            office.yaml(
                more: """
                      - {name: web, for: requests, backendCA: one, product: p, validityDays: 90,
                         requests: {hosts: [www.other.example], domains: [example.org], keys: [p256], approval: true}}
                    """))
    }

    private var tokens: TokenAdministration { TokenAdministration(office.store, caller: ada) }

    private func make(_ name: String) async throws -> APIToken {
        try #require(try await tokens.create(name: name, role: .requester)).token
    }

    private func caller(_ token: APIToken) -> Caller {
        Caller(name: token.actor, roles: [token.role], tokenID: token.id, origin: "by API token \(token.name)")
    }

    private static func csr(_ host: String) throws -> [UInt8] {
        try CertificateSigningRequest.make(
            subject: [("CN", host)], alternativeNames: [.dNSName(host)], key: .generate(.p256)
        ).der
    }

    private func submit(_ requests: RequestAdministration) async throws -> SubmittedRequest {
        try await requests.submit(Self.csr("www.example.org"), template: nil, because: "").request
    }

    @Test func aNameThatDiffersInCaseAloneIsRefused() async throws {
        _ = try await make("shop")
        for isDryRun in [true, false] {
            let error = await #expect(throws: SettingsError.self) {
                try await tokens.create(name: "Shop", role: .requester, isDryRun: isDryRun)
            }
            #expect("\(try #require(error))".contains("valid token \"shop\", and case alone tells no two tokens apart"))
        }
        _ = try await tokens.revoke("shop")
        _ = try await make("Shop")
    }

    @Test func aTokenOfTheSameNameInheritsNothing() async throws {
        let gateway = try await office.gateway()
        let first = try await make("web-team")
        let requests = RequestAdministration(gateway, caller: caller(first))
        let made = try await submit(requests)
        #expect(try await requests.list(isOwn: true).items.map(\.request.id) == [made.id])
        let view = try await ViewAdministration(gateway.ledger, caller: caller(first)).add(
            name: "mine", address: "/console/requests?own=true", isShared: false, isStartPage: false)
        let work = try await LongOperations(gateway.ledger).begin(
            "export", by: first.actor, caller(first).owner, of: 1)
        _ = try await tokens.revoke("web-team")

        let second = caller(try await make("web-team"))
        #expect(second.name == caller(first).name)
        let later = RequestAdministration(gateway, caller: second)
        #expect(try await later.list(isOwn: true).items.isEmpty)
        await #expect(throws: LedgerError.self) { try await later.show(made.reference) }
        await #expect(throws: LedgerError.self) { try await later.withdraw(made.reference) }
        await #expect(throws: LedgerError.self) {
            try await later.revoke(made.reference, reason: .keyCompromise, because: "x", isDryRun: true)
        }
        #expect(try await !ViewAdministration(gateway.ledger, caller: second).list().contains { $0.id == view.id })
        let found = try #require(try await LongOperations(gateway.ledger).operation(work.id))
        #expect(found.isFrom(first.actor, caller(first).owner) && !found.isFrom(second.name, second.owner))
    }

    /// A requester without an object id is no person of the directory whom a mail could reach.
    @Test func whoIsToldOfARequestOfATokenIsKnownByTheToken() async throws {
        let gateway = try await office.gateway()
        let token = try await make("web-team")
        let made = try await submit(RequestAdministration(gateway, caller: caller(token)))
        let requester = try await OrderLedger.requester(of: made.reference, in: gateway.database)
        #expect(requester?.id == .token(token.id))
    }

    @Test func anIDIsReadAsItIsWritten() {
        for id in [OwnerID.person("11111111-2222-3333-4444-555555555555"), .token(7)] {
            #expect(OwnerID(text: id.text) == id)
        }
    }

    /// Another token of one name is no second person, and fetches nothing of the former.
    @Test func aTokenOfTheSameNameIsNoSecondPerson() {
        let (one, two) = (
            RecoveryPerson(name: "token agent", id: .token(1)), RecoveryPerson(name: "token Agent", id: .token(2))
        )
        #expect(!two.isSame(as: one) && !two.isSecondPerson(to: one))
        #expect(RecoveryPerson(name: "token other", id: .token(3)).isSecondPerson(to: one))
        #expect(!one.isSecondPerson(to: one))
    }

    /// Requests of before had the name of the token alone.
    @Test func requestsOfBeforeGoToTheTokenThatWasValidThen() async throws {
        let gateway = try await office.gateway()
        let token = try await make("web-team")
        let made = try await submit(RequestAdministration(gateway, caller: caller(token)))
        try await gateway.database.write { connection in
            _ = try connection.execute("UPDATE certificate_requests SET requester_id = NULL", [])
            let fill = try #require(
                OrderLedger.migrations.first { $0.name == "ledger-29-owners-of-requests" }?.fill)
            #expect(try fill(connection, 0) == made.id)
            #expect(try fill(connection, made.id) == nil)
        }
        #expect(
            try await RequestAdministration(gateway, caller: caller(token)).show(made.reference).request.requesterID
                == OwnerID.token(token.id).text)
    }
}
