// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import PKIX
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

@Suite(.timeLimit(.minutes(5))) struct OrderTermsTests {
    @Test func theRowKeepsWhatTheTemplateSaid() throws {
        let template = try TestGateway.template(
            """
            , purpose: smimeEncryption, validityDays: 400, options: {a: [1, {b: null}]}, keyRecoveryAgents: [x, y],
            intendedPurpose: unassigned
            """)
        let terms = OrderTerms(template: template)
        #expect(terms.keyType == .p256)
        #expect(terms.purpose == .smimeEncryption)
        #expect(terms.validityDays == 400)
        #expect(terms.options == ["a": [1, ["b": nil]]])
        #expect(terms.keyRecoveryAgents == ["x", "y"])
        #expect(terms.delivery == .none)
        #expect(terms.intendedPurpose == .unassigned)
        #expect(try OrderTerms(json: JSONValue(parsing: terms.json.text)) == terms)
        let plain = OrderTerms(template: try TestGateway.template())
        #expect(plain.validityDays == nil)
        #expect(try OrderTerms(json: plain.json) == plain)
    }

    @Test func aRowOfAnotherVersionIsRefused() throws {
        var json = OrderTerms(template: try TestGateway.template()).json
        json["keyType"] = "dilithium"
        #expect(throws: EnrollmentError.self) { try OrderTerms(json: json) }
        #expect(throws: EnrollmentError.self) { try OrderTerms(json: [:]) }
    }
}
