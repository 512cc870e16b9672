// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import TestSupport
import Testing
import XMLDocuments

@testable import SOAPPlugin

/// What leaves: envelopes, headers, values in their places, credentials (wire/soap.md §1).
@Suite struct MessageTests {
    private static let who = HTTPResponse(body: #"<Who xmlns="urn:t"><Name>me</Name></Who>"#)

    private func sent(
        _ profile: String, values: [String: JSONValue] = [:], secrets: [String: String] = [:],
        answer: HTTPResponse = who
    ) async throws -> HTTPRequest {
        let backend = try Backend(profile: profile, values: values, secrets: secrets, ScriptedClient(answer))
        _ = try? await backend.connector.check()
        let request = try #require(backend.http.requests.first)
        #expect(try await Judge.xmllint(request.body ?? []) == "")
        return request
    }

    @Test func bothVersionsSayWhatTheyAre() async throws {
        let first = try await sent(smallProfile())
        #expect(first.header("Content-Type") == "text/xml; charset=utf-8")
        #expect(first.header("SOAPAction") == "\"urn:t:Who\"")
        let root = try XMLDocument(parsing: first.body ?? []).root
        #expect(root.isNamed("Envelope", SOAPVersion.soap11.namespace))
        #expect(root.content.isNamed("Who", "urn:t"))
        let second = try await sent(smallProfile(soap: "version: 1.2"))
        #expect(second.header("Content-Type") == "application/soap+xml; charset=utf-8; action=\"urn:t:Who\"")
        #expect(second.header("SOAPAction") == nil)
        #expect(try XMLDocument(parsing: second.body ?? []).root.isNamed("Envelope", SOAPVersion.soap12.namespace))
    }

    /// S8: whatever stands in a value arrives unchanged and is nothing else than a value.
    @Test(arguments: [
        "<b/>", "&amp;", "\"'", "]]>", "äöü ß € 😀", "</t:Order><t:Order>", "a\tb", "<!--", "${ .settings }", "c:if",
    ])
    func valuesArriveUnchanged(value: String) async throws {
        let http = ScriptedClient(HTTPResponse(body: "<r/>"))
        let backend = try Backend(profile: smallProfile(), http)
        _ = try? await backend.connector.enroll(Example.request(reference: value, emails: ["a", "skip", value]))
        let order = try XMLDocument(parsing: try #require(http.requests.first?.body)).root.content
        #expect(order.elements.map(\.text) == [value, "a", value])
        #expect(order.elements.map(\.name) == ["Note", "Mail", "Mail"])
        #expect(order.attribute("kind") == "smime")
    }

    @Test func whatXMLCannotCarryIsNotSentAndEndsNobodysOrder() async throws {
        let http = ScriptedClient(HTTPResponse(body: "<r/>"))
        let backend = try Backend(profile: smallProfile(), http)
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await backend.connector.enroll(Example.request(reference: "a\u{0}b"))
        }
        #expect(http.requests.isEmpty)
    }

    /// The vector of wire/soap.md §1.
    @Test func theDigestIsThatOfTheProfile() throws {
        let created = try #require(try? Date("2026-01-15T10:00:00Z", strategy: .iso8601))
        let token = UsernameToken(
            username: "ra", password: "secret", type: .digest, nonce: Array(0..<16), created: created)
        #expect(token.createdText == "2026-01-15T10:00:00Z")
        #expect(token.digest == "8V8E8K9vNf5aniTtIPH4ndgse0A=")
    }

    @Test(arguments: ["text", "digest"])
    func theTokenStandsInTheHeader(type: String) async throws {
        let login =
            "login: {usernameToken: {user: \"${ .settings.user }\", password: \"${ .settings.password }\", type: \(type)}}"
        let profile = smallProfile(login: login)
        let values: (JSONValue, String) = ("ra", "s<cret")
        let first = try await sent(profile, values: ["user": values.0], secrets: ["password": values.1])
        let second = try await sent(profile, values: ["user": values.0], secrets: ["password": values.1])
        let path = try XPathExpression("//*[local-name()='UsernameToken']")
        func token(_ request: HTTPRequest) throws -> [String: String] {
            let element = try #require(try path.elements(in: XMLDocument(parsing: request.body ?? []).root).first)
            return Dictionary(uniqueKeysWithValues: element.elements.map { ($0.name, $0.text) })
        }
        let (one, two) = (try token(first), try token(second))
        #expect(one["Username"] == "ra")
        #expect(one["Created"] == "2027-01-15T08:00:00Z")
        #expect(one["Nonce"] != two["Nonce"])
        #expect((one["Password"] == "s<cret") == (type == "text"))
        #expect((one["Password"] == two["Password"]) == (type == "text"))
        #expect(first.secrets.map(\.revealed).contains("s<cret"))
    }

    @Test func aSecretMayStandInABody() async throws {
        let profile = smallProfile().replacing(
            "<t:Who/>", with: "<t:Who><t:P>${ .secrets.password }</t:P><t:R>${ .random }</t:R></t:Who>")
        let request = try await sent(profile, secrets: ["password": "planted"])
        #expect(request.bodyText.contains("<t:P>planted</t:P>"))
        #expect(request.secrets.map(\.revealed).contains("planted"))
    }

    /// wire/soap.md §6: an array of rpc/encoded as a WSDL client writes it, by data alone.
    @Test func encodedArraysAreData() async throws {
        let profile = """
            connector: dfn-shape
            title: rpc/encoded
            module: soap
            environments: {production: https://ca.example/soap}
            soap:
              namespaces: {p: "urn:sandbox:dfn-pki:public:1", xsi: "http://www.w3.org/2001/XMLSchema-instance",
                xsd: "http://www.w3.org/2001/XMLSchema", enc: "http://schemas.xmlsoap.org/soap/encoding/"}
            operations:
              check:
                request: {body: <p:getCAInfo/>}
                outcomes: [{when: .answer, account: {name: '"pki"'}}]
              enroll:
                request:
                  action: urn:sandbox:dfn-pki:public:1#newRequest
                  body: |
                    <p:newRequest soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">
                      <RaID xsi:type="xsd:int">1</RaID>
                      <PKCS10 xsi:type="xsd:string">${ .request.csr.pem }</PKCS10>
                      <AltNames xsi:type="p:ArrayOfString" enc:arrayType="xsd:string[${ .request.names.emails | length }]">
                        <item xsi:type="xsd:string" c:each=".request.names.emails">email:${ .item }</item>
                      </AltNames>
                      <Publish xsi:type="xsd:boolean">false</Publish>
                    </p:newRequest>
                read: {serial: "/*/*[local-name()='Body']/*/*[1]"}
                outcomes: [{when: .answer.serial, pending: {orderID: .answer.serial}}]
              poll:
                request: {body: "<p:getCertificateByRequestSerial><Serial xsi:type='xsd:int'>${ .order.caRequestID }</Serial></p:getCertificateByRequestSerial>"}
                read: {pem: {path: "*[1]", read: {text: "."}}, positional: "*[1]"}
                outcomes:
                  - {when: '.answer.positional // "" | length > 0', issued: {chain: .answer.pem.text}}
                  - {when: .answer, pending: {}}
            """
        let pem = try Fixture.certificate("leaf").pem
        let answers = [
            HTTPResponse(
                body: #"<n:newRequestResponse xmlns:n="u"><s-gensym3>4242</s-gensym3></n:newRequestResponse>"#),
            HTTPResponse(body: #"<n:r xmlns:n="u"><s-gensym5></s-gensym5></n:r>"#),
            HTTPResponse(
                body: ##"<n:r xmlns:n="u"><ret href="#id0"/></n:r><multiRef id="id0">\##(pem)</multiRef>"##),
        ]
        let http = ScriptedClient { _, index throws(HTTPTransportError) in answers[index] }
        let connector = try Backend(profile: profile, http).connector
        guard case .pending(let pending) = try await connector.enroll(Example.request()) else {
            throw Unexpected("pending")
        }
        #expect(pending.order.caRequestID == "4242")
        let sent = try #require(http.requests.first?.body)
        #expect(try await Judge.xmllint(sent) == "")
        let order = try XMLDocument(parsing: sent).root.content
        #expect(
            order.element("AltNames")?.attribute("arrayType", namespace: "http://schemas.xmlsoap.org/soap/encoding/")
                == "xsd:string[2]")
        #expect(
            order.element("AltNames")?.elements.map(\.text) == ["email:ada@example.org", "email:a.example@example.org"])
        guard case .pending = try await connector.poll(pending.order, request: Example.request()) else {
            throw Unexpected("pending")
        }
        guard case .issued = try await connector.poll(pending.order, request: Example.request()) else {
            throw Unexpected("issued")
        }
    }
}
