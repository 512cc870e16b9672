// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import HTTPTransport
import JSONDocuments
import PKIX
import ProfileOperations
import XMLDocuments

/// The messages of one operation: an envelope around the profile's XML, and what its XPaths take from the answer.
struct SOAPMessage: MessageTemplate {
    let format: SOAPFormat
    let action: String
    let body: XMLTemplate?
    let rules: [ReadRule]

    var hasBody: Bool { true }

    func write(_ values: MessageValues, to request: inout HTTPRequest) throws {
        var input = values.input
        let settings = values.settings
        let secrets = (settings.object ?? [:]).filter { format.secretSettings.contains($0.key) }
        input["secrets"] = .object(secrets)
        input["random"] = .string(SecureRandom.bytes(16).hex)
        let writer = XMLWriter()
        writer.start("soap:Envelope")
        for (prefix, name) in format.declarations { writer.declare(prefix, name) }
        if let token = try format.usernameToken(settings, at: values.now) {
            writer.element("soap:Header") { token.write(to: $0, envelope: "soap") }
        }
        writer.start("soap:Body")
        try body?.render(input, to: writer)
        do { request.body = try writer.finish() } catch {
            throw RequestError(message: "\(body?.keyPath ?? "body"): \(error)")
        }
        request.maximumResponseSize = XMLDocument.usualLimit
        for (name, value) in format.version.headers(action: action) { request.addHeader(name, ifAbsent: value) }
    }

    func read(_ answer: HTTPResponse) -> MessageAnswer {
        do {
            // The interface's 202 means "taken, nothing to say": for no operation of ours is that a success.
            let envelope = try SOAPEnvelope(answer)
            if let fault = envelope.fault { return try faultAnswer(fault) }
            guard answer.isSuccess else { return problem("an envelope without fault", answer) }
            guard envelope.version == format.version else {
                return problem("an envelope of SOAP \(envelope.version.rawValue)", answer)
            }
            // Nothing would read as an answer in which nothing stands: a list without orders.
            guard let content = envelope.content ?? (rules.isEmpty ? envelope.body : nil) else {
                return problem("an answer in the body", answer)
            }
            let found = try ReadRule.values(rules, in: content, envelope.references)
            return MessageAnswer(members: ["answer": .object(found), "fault": .null], isOwn: true, isSuccess: true)
        } catch {
            return problem("\(error)", answer)
        }
    }

    /// A fault decides, whatever the HTTP status.
    private func faultAnswer(_ fault: SOAPFault) throws(XMLError) -> MessageAnswer {
        MessageAnswer(
            members: ["answer": .null, "fault": try fault.json(format.faultRules)], isOwn: true, isSuccess: false,
            kind: fault.kind, message: fault.text.isEmpty ? nil : fault.text)
    }

    private func problem(_ what: String, _ answer: HTTPResponse) -> MessageAnswer {
        // A page that is not there is no answer of the service: no order must fail for it.
        let isStray = 400..<500 ~= answer.status && ![401, 403, 407, 408, 429].contains(answer.status)
        return MessageAnswer(
            members: ["answer": .null, "fault": .null], problem: what, isOwn: false, isSuccess: false,
            kind: isStray ? .configuration : nil, message: isStray ? stray(answer) : nil)
    }

    private func stray(_ answer: HTTPResponse) -> String {
        let page = (try? HTMLDocument(parsing: Array(answer.body.prefix(65_536))))?.text ?? ""
        let words = page.isEmpty ? "" : " but \"\(SafeText.sentence(String(page.prefix(120))))\""
        return "no SOAP message\(words); check the endpoint"
    }
}
