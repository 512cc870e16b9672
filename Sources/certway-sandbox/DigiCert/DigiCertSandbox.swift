// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments

/// The sandbox of DigiCert CertCentral: account, CA and API behind one address (wire/digicert-certcentral.md).
final class DigiCertSandbox: CASandbox {
    static let name = "digicert-certcentral"

    let account: DigiCertAccount
    private let keys: [APIKey]
    private let server: HTTPServer

    init(_ setup: CASetup) throws {
        let surroundings = setup.surroundings
        let switches = CASwitches()
        switches.declare(["pageCap": 1000])
        switches.declareOrderNumbers(of: Self.name, hostility: surroundings.hostility)
        switches.declare(lacking: [.logonNames, .securityIdentifiers, .rejectionReasons, .tokens])
        let random = { GUID.random().filter { $0 != "-" }.uppercased() }
        keys = [
            APIKey(text: random()), APIKey(text: random(), maySkipApproval: false),
            APIKey(text: random(), mayWrite: false, maySkipApproval: false),
        ]
        let front = DigiCertFront()
        server = try HTTPServer { front.answer($0) }
        let authority = try IssuingAuthority(
            name: "DigiCert", url: server.url, clock: surroundings.clock, switches: switches)
        account = DigiCertAccount(
            authority: authority, clock: surroundings.clock, hostility: surroundings.hostility,
            isInstant: setup.isInstant,
            validatedDomains: setup.validatesEmails ? [] : [PersonGenerator.domain, PersonGenerator.aliasDomain])
        let apiKeys = APIKeys(keys, isLimited: setup.isLimited, clock: surroundings.clock, switches: switches)
        // Routes that are words stand before those that take any word in the same place.
        let routes =
            OrderListEndpoints(account: account).routes + AccountEndpoints(account: account).routes
            + OrderEndpoints(account: account, keys: apiKeys).routes
            + ApprovalEndpoints(account: account, keys: apiKeys).routes
            + ValidationEndpoints(account: account).routes + DownloadEndpoints(account: account).routes
            + RevocationEndpoints(account: account, keys: apiKeys).routes
            + ReissueEndpoints(account: account, keys: apiKeys).routes
        let publication = Surroundings(
            clock: surroundings.clock, log: surroundings.log, plan: surroundings.plan, hostility: nil)
        front.begin(
            keys: apiKeys,
            api: Service(
                DigiCertDialect(), routes: routes, surroundings: surroundings, switches: switches),
            publication: Service(DigiCertDialect(), routes: authority.routes, surroundings: publication))
    }

    /// What a client needs, for the line that the sandbox prints.
    var json: JSONValue {
        [
            "endpoint": .string("\(server.url)/services/v2"),
            "settings": [
                "apiKey": .string(keys[0].text), "organizationID": JSONValue(DigiCertAccount.organizationID),
            ],
            "otherKeys": ["withoutApproval": .string(keys[1].text), "viewOnly": .string(keys[2].text)],
            "rootPEM": .string(account.authority.root.pem),
            "products": .array(DigiCertProduct.all.map { .string($0.nameID) }),
        ]
    }

    var control: any CAControl { OrderControl(account: account) }

    func stop() { server.stop() }
}
