// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import Testing

@testable import SOAPPlugin

/// Runs an operation on recorded answers and lets the judges look at what was sent.
func replay<Result>(
    _ connector: String, _ operations: [(fixture: String, name: String)], answers: [String],
    body: (SOAPConnector) async throws -> Result
) async throws -> Result {
    let responses = try answers.map { name in
        try Fixture.response(
            "\(connector)/\(name)",
            status: Fixture.text("\(connector)/\(name)-response.xml").contains("faultcode") ? 500 : 200)
    }
    let http = ScriptedClient { _, index throws(HTTPTransportError) in responses[min(index, responses.count - 1)] }
    let backend = try Backend(connector, http)
    let result = try await body(backend.connector)
    #expect(http.requests.count == operations.count)
    for (sent, operation) in zip(http.requests, operations) {
        let xml = try #require(sent.body)
        #expect(try Fixture.differences("\(connector)/\(operation.fixture)", sent) == [])
        #expect(try await Judge.xmllint(xml) == "")
        let wsdl = connector == "ejbca" ? "ejbca-subset" : "globaltrust-assumed"
        #expect(try await Judge.zeep(xml, wsdl: wsdl, operation: operation.name) == "")
        #expect(sent.method == "POST")
        #expect(sent.url == "https://ca.example/soap")
        #expect(sent.header("Content-Type") == "text/xml; charset=utf-8")
        let action = connector == "ejbca" ? "\"\"" : "\"urn:sandbox:globaltrust:\(operation.name)\""
        #expect(sent.header("SOAPAction") == action)
        #expect(sent.tls != nil)
    }
    return result
}
