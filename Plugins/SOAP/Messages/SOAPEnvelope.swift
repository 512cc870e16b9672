// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import XMLDocuments

/// An envelope that came back.
struct SOAPEnvelope {
    /// Why an answer is no envelope that can be read; one line.
    struct Problem: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    let version: SOAPVersion
    let body: XMLElement

    /// - Throws: `Problem`.
    init(_ answer: HTTPResponse) throws {
        let type = answer.headers["Content-Type"] ?? ""
        if type.lowercased().hasPrefix("multipart/") {
            throw Problem("it has attachments (\(type.prefix { $0 != ";" })), which are not supported")
        }
        guard answer.body.contains(where: { $0 > 0x20 }) else { throw Problem("it is empty") }
        let document: XMLDocument
        do { document = try XMLDocument(parsing: answer.body, encoding: Self.charset(type)) } catch {
            throw Problem(error.description)
        }
        let root = document.root
        guard root.name == "Envelope", let version = SOAPVersion(namespace: root.namespace) else {
            throw Problem("it is no SOAP envelope but <\(root.name.prefix(60))>")
        }
        if let header = root.element("Header", namespace: version.namespace) {
            try Self.check(header, version)
        }
        guard let body = root.element("Body", namespace: version.namespace) else {
            throw Problem("the envelope has no body")
        }
        self.version = version
        self.body = body
    }

    /// The first element of the body: the response, or the fault.
    var content: XMLElement? { body.elements.first }

    var fault: SOAPFault? {
        body.element("Fault", namespace: version.namespace).map { SOAPFault($0, version) }
    }

    /// Elements that others refer to by `href`, anywhere in the body (SOAP 1.1 §5.4.1).
    var references: [String: XMLElement] {
        var found: [String: XMLElement] = [:]
        var open = body.elements
        while let element = open.popLast() {
            if let id = element.attribute("id") { found[id] = element }
            open += element.elements
        }
        return found
    }

    /// SOAP 1.1 §4.2.3: a header we must understand and do not is a reason to stop.
    private static func check(_ header: XMLElement, _ version: SOAPVersion) throws {
        for entry in header.elements {
            let flag = entry.attribute("mustUnderstand", namespace: version.namespace)
            if flag == "1" || flag == "true" {
                throw Problem("the header \(entry.name.prefix(60)) must be understood and is not known")
            }
        }
    }

    /// The parameter of a media type (RFC 9110 §8.3.2), which overrides what the document says.
    private static func charset(_ type: String) -> String? {
        let parameter = type.split(separator: ";").dropFirst().first {
            String($0).trimmingWhiteSpace.lowercased().hasPrefix("charset=")
        }
        return parameter.map { parameter in
            String(parameter.drop { $0 != "=" }.dropFirst()).trimmingWhiteSpace.filter { $0 != "\"" && $0 != "'" }
        }
    }
}
