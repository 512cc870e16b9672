// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Gateway
@testable import Ledger

/// An alarm is said once until it changes, and its end is said.
@Suite struct SaidOnceTests {
    /// What a service says of one request alone is no change.
    @Test(arguments: [
        "template smime: authentication: the token service answered 401: AADSTS7000222, trace id ID, correlation id ID",
        "template smime: notFound: GET /groups/8c8c answered 404, request-id ID (look)",
        "x: the answer says {\"client-request-id\":\"ID\"}",
        "x: Operation ID (for customer support): ID - Activity ID: ID - Url: https://example.org/a",
        "x: busy, Timestamp: 2026-11-27 17:0MM:00Z", "x: comes back at 2026-11-27T17:0MM:12Z",
        "x: Retry-After Fri, 27 Nov 2026 17:0MM:00 GMT",
    ])
    func idsAndMomentsAreNoChange(_ form: String) {
        let said = SaidOnce()
        for number in 0..<3 {
            let sentence = form.replacing("ID:", with: "ID:").replacing(
                /\bID\b(?! [(:]|:)/, with: UUID().uuidString.lowercased()
            ).replacing("0MM", with: "0\(number)")
            let change = said.change("plan", [sentence])
            #expect(change.new.isEmpty == (number > 0), "\(sentence)")
            #expect(change.over.isEmpty)
        }
    }

    /// Another group, another status, another number of orders: each is news.
    @Test func whatDiffersIsSaid() {
        let said = SaidOnce()
        let group = "template smime: group 8c8c51a6-0000-4000-8000-00000000000"
        for sentence in ["\(group)1 is empty", "\(group)2 is empty", "3 orders at ca: 503", "2 orders at ca: 503"] {
            #expect(said.change("plan", [sentence]).new == [sentence])
        }
    }

    @Test func theEndIsSaidOnce() {
        let said = SaidOnce()
        let (one, other) = ("backend CA a: 403; see", "backend CA b: 401; see")
        #expect(said.change("alarms", [one, other]).over.isEmpty)
        let change = said.change("alarms", [other])
        #expect(change.new.isEmpty && change.over == [one])
        #expect(said.change("alarms", []).over == [other])
        #expect(said.change("alarms", []).over.isEmpty)
        #expect(said.change("alarms", [one]).new == [one], "it is back")
    }

    /// An address has a colon, too.
    @Test func twoServicesAreTwoSubjects() {
        let said = SaidOnce()
        let (one, other) = (
            "https://a.example:8443 cannot be asked: 503", "https://b.example:8443 cannot be asked: 503"
        )
        _ = said.change("alarms", [one, other])
        #expect(said.change("alarms", [other]).over == [one])
        #expect(SaidOnce.beginning(of: one) == "https://a.example:8443 cannot be asked")
    }

    /// Fewer orders, or another error of the same CA, are no end.
    @Test func aChangeIsNoEnd() {
        let said = SaidOnce()
        _ = said.change("obstacles", ["3 orders at ca: 503"])
        #expect(said.change("obstacles", ["order cw-abcdefgh2345 at ca: 403"]).over.isEmpty)
        #expect(said.change("obstacles", []).over == ["order cw-abcdefgh2345 at ca: 403"])
    }
}
