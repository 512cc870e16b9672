// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import TestSupport
import Testing

@testable import SOAPPlugin

/// What comes back: faults of both versions, odd envelopes, and what is no answer at all (wire/soap.md §1, §9).
@Suite struct AnswerTests {
    private static let soap12 = "http://www.w3.org/2003/05/soap-envelope"

    private func poll(_ answer: HTTPResponse, _ profile: String = smallProfile()) async throws -> EnrollmentOutcome {
        try await Backend(profile: profile, ScriptedClient(answer)).connector
            .poll(CAOrder(caRequestID: "7"), request: Example.request())
    }

    private func error(_ answer: HTTPResponse, _ profile: String = smallProfile(), enrolling: Bool = false)
        async throws -> ConnectorError
    {
        let backend = try Backend(profile: profile, ScriptedClient(answer))
        let error = await #expect(throws: ConnectorError.self) {
            if enrolling {
                _ = try await backend.connector.enroll(Example.request())
            } else {
                _ = try await backend.connector.poll(CAOrder(caRequestID: "7"), request: Example.request())
            }
        }
        return try #require(error)
    }

    @Test func nothingLeavesThroughAClosedGate() async throws {
        let backend = try Backend(profile: smallProfile(), ScriptedClient(HTTPResponse(200)))
        await #expect(throws: ClosedGate.self) {
            try await backend.connector.enroll(Example.request(), gate: .closed)
        }
        #expect(backend.http.requests.isEmpty)
    }

    /// S6: prefixes, default namespace, CDATA, comments, wrapped base64, nil and absent.
    @Test func namesAndTextsAreReadAsMeant() async throws {
        for body in [
            #"<r xmlns="urn:t"><State>waiting</State></r>"#, #"<x:r xmlns:x="urn:t"><x:State>waiting</x:State></x:r>"#,
            #"<r xmlns="urn:t"><State><![CDATA[waiting]]></State></r>"#,
            #"<r xmlns="urn:t"><State>wai<!-- no -->ting</State></r>"#,
            "<r xmlns='urn:t'><State>\n  waiting\n </State></r>",
        ] {
            guard case .pending(let pending) = try await poll(HTTPResponse(body: body)) else { throw Unexpected(body) }
            #expect(pending.detail == "waiting")
        }
        let der = Data(try Fixture.certificate("leaf").der).base64EncodedString(options: [.lineLength64Characters])
        let issued = #"<r xmlns="urn:t"><Certificate> \#(der) </Certificate></r>"#
        guard case .issued = try await poll(HTTPResponse(body: issued)) else { throw Unexpected("issued") }
        let none =
            #"<r xmlns="urn:t" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><Certificate i:nil="true"/><State>x</State></r>"#
        guard case .pending = try await poll(HTTPResponse(body: none)) else { throw Unexpected("pending") }
    }

    /// S2: one table for both versions.
    @Test func faultsOfBothVersionsAreOne() async throws {
        let table =
            "errors: [{when: '.fault.code == \"Sender\" and .fault.subcode == \"Denied\" and .fault.entry == \"Problem\" and .fault.detail.Problem.Code == \"9\"', kind: authentication, message: .fault.text}]"
        let first = HTTPResponse(
            500,
            body: """
                <e:Fault><faultcode>e:Client.Denied</faultcode><faultstring>no way</faultstring>
                <detail><q:Problem xmlns:q="urn:q"><q:Code>9</q:Code></q:Problem></detail></e:Fault>
                """)
        let second = HTTPResponse(
            400,
            body: """
                <e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value xmlns:m="urn:m">m:Denied</e:Value></e:Subcode></e:Code>
                <e:Reason><e:Text xml:lang="de">nein</e:Text><e:Text xml:lang="en">no way</e:Text></e:Reason>
                <e:Detail><Problem><Code>9</Code></Problem></e:Detail></e:Fault>
                """, namespace: Self.soap12)
        for answer in [first, second] {
            let error = try await error(answer, smallProfile(errors: table))
            #expect(error.kind == .authentication)
            #expect(error.message.hasSuffix(": no way"))
        }
    }

    /// A fault decides whatever the status; without a rule it is the code that tells.
    @Test(arguments: [
        ("Client", 500, ConnectorError.Kind.refused, ConnectorError.Kind.refused), ("Client", 200, .refused, .refused),
        ("Server", 500, .transient, .outcomeUnknown), ("Server", 200, .transient, .outcomeUnknown),
        ("MustUnderstand", 500, .configuration, .configuration),
        ("VersionMismatch", 500, .configuration, .configuration), ("", 500, .transient, .outcomeUnknown),
    ])
    func aFaultDecides(
        code: String, status: Int, polling: ConnectorError.Kind, enrolling: ConnectorError.Kind
    ) async throws {
        let answer = HTTPResponse(
            status, body: "<e:Fault><faultcode>e:\(code)</faultcode><faultstring>why</faultstring></e:Fault>")
        #expect(try await error(answer).kind == polling)
        #expect(try await error(answer, enrolling: true).kind == enrolling)
        #expect(try await error(answer).message.contains(": why"))
        // A conflict tells of something that exists, whoever refuses.
        if code == "Client" {
            let conflict = HTTPResponse(status: 409, headers: answer.headers, body: answer.body)
            let error = try await error(conflict, enrolling: true)
            #expect(error.kind == .outcomeUnknown && error.ifAbsent == .refused)
        }
    }

    /// S7 and S10: nothing of this is a success, and what an order met is not known.
    @Test(arguments: [
        HTTPResponse(500, text: "<html><br>oops"), HTTPResponse(200, text: ""), HTTPResponse(202, text: ""),
        HTTPResponse(200, text: "<html><body>Login</body></html>"), HTTPResponse(200, xml: "<e:Envelope"),
        HTTPResponse(200, xml: "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><x>&e;</x>"),
        HTTPResponse(200, xml: #"<Envelope xmlns="urn:other"><Body/></Envelope>"#),
        HTTPResponse(200, xml: #"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>"#),
        HTTPResponse(body: "<r/>", header: #"<e:Header><h e:mustUnderstand="1"/></e:Header>"#),
        HTTPResponse(body: #"<r xmlns="urn:t"><Id>1</Id><State>x</State></r>"#, namespace: soap12),
        HTTPResponse(200, xml: "--b\r\n", type: "multipart/related; boundary=b"),
        HTTPResponse(200, xml: "<a/>", type: "text/xml; charset=klingon"),
        HTTPResponse(500, body: #"<r xmlns="urn:t"><Id>1</Id><State>x</State></r>"#),
        HTTPResponse(200, xml: String(repeating: "<a>", count: 400) + String(repeating: "</a>", count: 400)),
        HTTPResponse(200, xml: "<a>" + String(repeating: " ", count: 6 << 20) + "</a>"),
    ])
    func whatIsNoAnswerIsNoSuccess(answer: HTTPResponse) async throws {
        #expect(try await error(answer).kind == .transient)
        #expect(try await error(answer, enrolling: true).kind == .outcomeUnknown)
    }

    @Test func aStrayPageIsTheOperators() async throws {
        for status in [400, 404, 405, 415] {
            let answer = HTTPResponse(status, text: "<html>nothing here</html>")
            #expect(try await error(answer).kind == .configuration)
            let doubt = try await error(answer, enrolling: true)
            #expect(doubt.kind == .outcomeUnknown && doubt.ifAbsent == .configuration)
            #expect(doubt.message.contains("no SOAP message but \"nothing here\"; check the endpoint"))
        }
        #expect(try await error(HTTPResponse(401)).kind == .authentication)
        #expect(try await error(HTTPResponse(429)).kind == .throttled)
        #expect(try await error(HTTPResponse(503)).kind == .transient)
    }

    @Test func aHeaderThatNeedNotBeUnderstoodIsSkipped() async throws {
        let answer = HTTPResponse(
            body: #"<r xmlns="urn:t"><State>x</State></r>"#,
            header: #"<e:Header><h e:mustUnderstand="0">timestamp</h><i/></e:Header>"#)
        guard case .pending = try await poll(answer) else { throw Unexpected("pending") }
    }

    /// The order is at the CA: a certificate that cannot be read must not lose it.
    @Test func anOrderThatWasTakenIsNeverLost() async throws {
        for text in ["no base64!", "TUlJ", ""] {
            let answer = HTTPResponse(body: #"<r xmlns="urn:t"><Id>5</Id><Certificate>\#(text)</Certificate></r>"#)
            let outcome = try await Backend(profile: smallProfile(), ScriptedClient(answer)).connector
                .enroll(Example.request())
            guard case .pending(let pending) = outcome else { throw Unexpected(outcome) }
            #expect(pending.order.caRequestID == "5")
        }
    }

    /// Text keeps its digits; a profile that has XPath make a number of it gets no id rather than another one.
    @Test(arguments: ["9007199254740993", "18446744073709551616", "100000000000000000000"])
    func anIdKeepsItsDigits(id: String) async throws {
        let taken = HTTPResponse(body: #"<r xmlns="urn:t"><Id>\#(id)</Id></r>"#)
        let waiting = HTTPResponse(body: #"<r xmlns="urn:t"><State>waiting</State></r>"#)
        let backend = try Backend(profile: smallProfile(), ScriptedClient(taken, waiting))
        guard case .pending(let placed) = try await backend.connector.enroll(Example.request()) else {
            throw Unexpected("pending")
        }
        #expect(placed.order.caRequestID == id)
        _ = try await backend.connector.poll(placed.order, request: Example.request())
        #expect(backend.http.requests.last?.bodyText.contains(">\(id)<") == true)
        let careless = smallProfile().replacing("id: t:Id", with: "id: number(t:Id)")
        let unknown = try await error(taken, careless, enrolling: true)
        #expect(unknown.kind == .outcomeUnknown, "\(unknown)")
    }

    @Test(arguments: [
        ([Decoding.base64], "QUI=", "AB"), ([.base64, .base64], "UVVJPQ==", "AB"), ([.hex], "41 42", "AB"),
        ([.hex], "4G", nil), ([.base64], "Q", nil), ([.pem], "x", nil), ([.certificate], "x", nil),
        ([.pkcs7], "x", nil),
    ])
    func decodingsAreStepByStep(steps: [Decoding], text: String, expected: String?) {
        let bytes = try? steps.reduce(Array(text.utf8)) { try $1.apply($0) }
        #expect(bytes.map { String(decoding: $0, as: UTF8.self) } == expected)
    }
}
