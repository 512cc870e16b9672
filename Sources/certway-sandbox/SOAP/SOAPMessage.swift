// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import XMLDocuments

/// A request that was read: which operation, with what, in which version of SOAP.
struct SOAPMessage: Sendable {
    let version: SOAPVersion
    let operation: SOAPContract.Operation
    let content: SOAPRecord
    /// The WS-Security header, if there is one.
    let security: XMLElement?

    /// The version that the media type names; nil for none of the contract's.
    static func version(of request: ServerRequest, _ contract: SOAPContract) -> SOAPVersion? {
        let type = request.header("Content-Type")?.split(separator: ";").first?.lowercased().filter { $0 != " " }
        return contract.versions.first { $0.mediaType == type }
    }

    /// Reads a request strictly: the envelope of its version, no unknown header that must be understood, the action of
    /// the operation, and a body as the schema says.
    init(_ request: ServerRequest, version: SOAPVersion, contract: SOAPContract) throws(SOAPFault) {
        self.version = version
        let envelope: XMLElement
        do {
            envelope = try XMLDocument(parsing: request.body).root
        } catch {
            throw SOAPFault(.client, "\(error)")
        }
        guard envelope.name == "Envelope", envelope.namespace == version.namespace else {
            throw SOAPFault(.versionMismatch, "expected an Envelope in \(version.namespace)")
        }
        let space = version.namespace
        var security: XMLElement?
        for header in envelope.element("Header", namespace: space)?.elements ?? [] {
            if UsernameToken.isHeader(header) {
                security = header
            } else if ["1", "true"].contains(header.attribute("mustUnderstand", namespace: space)) {
                throw SOAPFault(.mustUnderstand, "the header \(header.name) is not understood")
            }
        }
        self.security = security
        let bodies = envelope.elements.filter { $0.isNamed("Body", space) }
        guard bodies.count == 1, let element = bodies[0].elements.first, bodies[0].elements.count == 1 else {
            throw SOAPFault(.client, "expected one Body with one element")
        }
        guard element.namespace == contract.namespace, let operation = contract.operation(element.name) else {
            throw SOAPFault(.client, "there is no operation {\(element.namespace ?? "")}\(element.name)")
        }
        self.operation = operation
        try Self.checkAction(request, version, contract.action(of: operation.name))
        do {
            content = try contract.read(element, as: operation.input)
        } catch {
            throw SOAPFault(.client, error.message)
        }
    }

    /// SOAP 1.1 demands the header, quotes included; SOAP 1.2 may name the action in the media type.
    private static func checkAction(_ request: ServerRequest, _ version: SOAPVersion, _ expected: String)
        throws(SOAPFault)
    {
        switch version {
        case .v11:
            guard let said = request.header("SOAPAction") else {
                throw SOAPFault(.client, "the header SOAPAction is missing")
            }
            guard said == "\"\(expected)\"" else {
                throw SOAPFault(.client, "SOAPAction is \(said), expected \"\(expected)\"")
            }
        case .v12:
            let parameters = request.header("Content-Type")?.split(separator: ";").dropFirst() ?? []
            for parameter in parameters.map({ $0.drop { $0 == " " } }) where parameter.lowercased().hasPrefix("action=")
            {
                let said = parameter.dropFirst(7).filter { $0 != "\"" }
                guard said == expected else {
                    throw SOAPFault(.client, "the action is \(said), expected \(expected)")
                }
            }
        }
    }
}
