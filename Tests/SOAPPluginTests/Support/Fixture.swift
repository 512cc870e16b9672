// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import PKIX
import XMLDocuments

/// Files of the source tree: `Fixtures/<connector>/<operation>-request.xml` was written by zeep from the WSDL.
enum Fixture {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private static let connectors = tests.appending(path: "../../connectors.d").standardized
    // The certificates of the other module that runs operations.
    private static let certificates = tests.appending(path: "../RESTPluginTests/Fixtures/certificates").standardized

    static func text(_ path: String) throws -> String {
        try String(contentsOf: tests.appending(path: "Fixtures/\(path)"), encoding: .utf8)
    }

    static func profile(_ name: String) throws -> String {
        try String(contentsOf: connectors.appending(path: "\(name).yaml"), encoding: .utf8)
    }

    static func certificate(_ name: String) throws -> Certificate {
        try Certificate(pem: String(contentsOf: certificates.appending(path: "\(name).pem"), encoding: .utf8))
    }

    static func csr() throws -> CertificateSigningRequest {
        try CertificateSigningRequest(
            pem: String(contentsOf: certificates.appending(path: "leaf.csr"), encoding: .utf8))
    }

    static func response(_ path: String, status: Int = 200) throws -> HTTPResponse {
        try HTTPResponse(status, xml: text("\(path)-response.xml"))
    }

    /// What of a recorded request a sent one says otherwise; empty when both say the same.
    static func differences(_ path: String, _ sent: HTTPRequest) throws -> [String] {
        let expected = try XMLDocument(parsing: text("\(path)-request.xml").utf8).root
        return differences(expected.content, try XMLDocument(parsing: sent.body ?? []).root.content)
    }

    private static func differences(_ expected: XMLElement, _ found: XMLElement) -> [String] {
        if !found.isNamed(expected.name, expected.namespace) {
            return [
                "expected \(expected.namespace ?? "-") \(expected.name), found \(found.namespace ?? "-") \(found.name)"
            ]
        }
        let (left, right) = (expected.elements, found.elements)
        if left.isEmpty, right.isEmpty {
            // A random value cannot be recorded.
            if expected.name == "password" { return found.text.count == 32 ? [] : ["password: \(found.text)"] }
            return expected.text == found.text
                ? [] : ["\(expected.name): expected \(expected.text), found \(found.text)"]
        }
        guard left.map(\.name) == right.map(\.name) else {
            return ["\(expected.name): expected \(left.map(\.name)), found \(right.map(\.name))"]
        }
        return zip(left, right).flatMap { differences($0, $1) }
    }
}

extension XMLElement {
    /// The first element of an envelope's body.
    var content: XMLElement { elements.last?.elements.first ?? self }
}

extension HTTPResponse {
    init(_ status: Int, xml: String, type: String = "text/xml; charset=utf-8") {
        self.init(status: status, headers: HTTPHeaders([("Content-Type", type)]), body: Array(xml.utf8))
    }

    /// An envelope of SOAP 1.1, or of the version with the namespace given.
    init(
        _ status: Int = 200, body: String, header: String = "",
        namespace: String = "http://schemas.xmlsoap.org/soap/envelope/"
    ) {
        self.init(
            status, xml: #"<e:Envelope xmlns:e="\#(namespace)">\#(header)<e:Body>\#(body)</e:Body></e:Envelope>"#)
    }
}
