// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// The sandbox of SwissSign's CMC service: the operator signs requests, the query says for which account and product
/// (wire/cmc.md sections 8 and 11).
final class SwissSignSandbox: CASandbox {
    static let name = "swisssign"

    /// id-kp-cmcCA and id-kp-cmcRA (RFC 6402).
    private static let cmcCA: KeyPurpose = "1.3.6.1.5.5.7.3.27"
    private static let cmcRA: KeyPurpose = "1.3.6.1.5.5.7.3.28"

    private let server: CAServer
    private let responder: OperatorCertificate
    private let operators: (valid: OperatorCertificate, expired: OperatorCertificate, foreign: OperatorCertificate)

    init(_ setup: CASetup) throws {
        let numbers = TokenNumbers()
        let server = try CAServer(
            Self.name, title: "SwissSign", setup: setup, transport: .https,
            policy: OrderPolicy(mailDomains: nil, makeID: { number, _, _ in numbers.token(number) }))
        server.switches.declare(SwissSignSwitches.initial)
        server.switches.declare(lacking: [
            .securityIdentifiers, .cancelling, .renewing, .tokens, .ordersOfStrangers, .lists,
        ])
        let settings = SwissSignSwitches(switches: server.switches)
        numbers.begin(settings)
        self.server = server
        responder = try .make(
            subject: [("O", "SwissSign Sandbox"), ("CN", "CMC Responder")], now: setup.surroundings.clock.now,
            purposes: [Self.cmcCA]
        ) { try server.authority.sign($0) }
        operators = (
            try server.operators.make("RA Operator", purposes: [.clientAuthentication, Self.cmcRA]),
            try server.operators.make("Expired RA Operator", days: -1, purposes: [.clientAuthentication, Self.cmcRA]),
            try server.operators.makeForeign("RA Operator")
        )
        let memory = TransactionMemory()
        let handler = MessageHandler(
            check: OperatorCheck(server: server, settings: settings),
            enrollment: EnrollmentHandler(book: server.book, settings: settings, memory: memory),
            revocation: RevocationHandler(book: server.book, settings: settings),
            answer: CMCAnswer(
                settings: settings, responder: responder,
                foreignResponder: try server.operators.makeForeign("CMC Responder"),
                issuer: server.authority.issuing, memory: memory))
        server.begin(SwissSignDialect(), routes: handler.routes)
    }

    var json: JSONValue {
        server.json(
            path: MessageHandler.path,
            settings: [
                "account": .string(AccountQuery.account), "operatorCertificate": .string(operators.valid.bundlePEM),
                "responderCertificate": .string(responder.certificate.pem),
            ],
            products: SwissSignProduct.all.map(\.product.id),
            others: [
                "otherSettings": [
                    "expiredOperatorCertificate": .string(operators.expired.bundlePEM),
                    "foreignOperatorCertificate": .string(operators.foreign.bundlePEM),
                    "organization": .string(SwissSignProduct.organization),
                ]
            ])
    }

    var control: any CAControl { server.book }

    func stop() { server.stop() }
}
