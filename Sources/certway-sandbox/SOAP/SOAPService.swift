// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSONDocuments
import PKIX

/// A SOAP service of a sandbox CA: one address for all operations and versions, and its WSDL.
///
/// Each operation is an operation of its own for faults and counters, named `PREFIX.operation`.
struct SOAPService: Sendable {
    typealias Handler = @Sendable (SOAPMessage, ServerRequest) throws -> SOAPRecord

    let contract: SOAPContract
    let server: CAServer
    let path: String
    let prefix: String
    let dialect: any ServiceDialect
    /// The element that says whom a call is about, for hostile mode: two attempts for one are told apart from two.
    let subjects: [String]
    /// Checks who asks; throws a `SOAPFault`.
    let gate: @Sendable (ServerRequest) throws -> Void
    let handler: Handler

    /// Switches of every SOAP CA (wire/soap.md section 4).
    static let switches: [String: JSONValue] = [
        "doctype": false, "nilElements": false, "wrappedBase64": false, "noisyXML": false, "faultStatus200": false,
        "requireUsernameToken": false,
    ]

    func begin(_ token: UsernameToken? = nil) {
        let service = Service(
            dialect, routes: routes(token), surroundings: server.surroundings, switches: server.switches)
        server.begin { request in service.answer(addressed(request)) }
    }

    /// Puts the operation and its subject behind the path, where `Service` finds routes and hostile mode finds whom it is
    /// about. What cannot be read keeps its path.
    private func addressed(_ request: ServerRequest) -> ServerRequest {
        guard request.method == "POST", request.path == path,
            let version = SOAPMessage.version(of: request, contract),
            let message = try? SOAPMessage(request, version: version, contract: contract)
        else { return request }
        var request = request
        let about = subjects.lazy.compactMap { Self.find($0, in: message.content) }.first ?? ""
        request.path = "\(path)/\(message.operation.name)"
        request.target = "\(request.path)?\(about)"
        return request
    }

    private static func find(_ name: String, in record: SOAPRecord) -> String? {
        record.text(name)
            ?? record.values.lazy.compactMap { value in
                if case .record(let inner) = value.value { find(name, in: inner) } else { nil }
            }.first
    }

    private func routes(_ token: UsernameToken?) -> [Route] {
        [
            Route("\(prefix).wsdl", "GET", path) { call in
                guard call.request.query.contains(where: { $0.name.lowercased() == "wsdl" }) else {
                    return .text("POST here, or ask for ?wsdl", status: 405)
                }
                return .bytes(
                    try WSDL(contract: contract, address: server.url + path).bytes(), type: "text/xml; charset=utf-8")
            },
            Route("\(prefix).unreadable", "POST", path) { try answer($0.request, token) },
        ]
            + contract.operations.map { operation in
                Route("\(prefix).\(operation.name)", "POST", "\(path)/\(operation.name)") {
                    try answer($0.request, token)
                }
            }
    }

    private func answer(_ request: ServerRequest, _ token: UsernameToken?) throws -> Reply {
        guard let version = SOAPMessage.version(of: request, contract) else {
            let known = contract.versions.map(\.mediaType).joined(separator: " or ")
            return .text("the Content-Type must be \(known)", status: 415)
        }
        let style = style(request)
        do {
            try gate(request)
            let message = try SOAPMessage(request, version: version, contract: contract)
            if let token { try check(token, message) }
            let content = try handler(message, request)
            let body = style.element(
                contract.namespace, message.operation.name + "Response", content, fields: message.operation.output,
                contract)
            return .bytes(try style.bytes(body, version, contract), type: type(version))
        } catch let fault as SOAPFault {
            let status = isOn("faultStatus200") ? 200 : fault.status(version)
            let body = fault.element(version, contract: contract, style: style)
            return .bytes(try style.bytes(body, version, contract), type: type(version), status: status)
        }
    }

    private func check(_ token: UsernameToken, _ message: SOAPMessage) throws {
        guard let header = message.security else {
            guard !isOn("requireUsernameToken") else { throw SOAPFault(.client, "a UsernameToken is needed") }
            return
        }
        if let problem = token.problem(header) {
            throw SOAPFault(.client, "The security token could not be authenticated: \(problem)")
        }
    }

    private func style(_ request: ServerRequest) -> XMLStyle {
        var style = XMLStyle()
        if let hostility = server.surroundings.hostility {
            var generator = SeededGenerator(hostility.seed, "xml", request.target)
            style = .random(&generator)
        }
        if isOn("wrappedBase64") { style.wrapsBase64 = true }
        if isOn("noisyXML") { style.isNoisy = true }
        style.writesNil = isOn("nilElements")
        style.hasDoctype = isOn("doctype")
        return style
    }

    private func isOn(_ name: String) -> Bool { server.switches.own(name)?.bool == true }

    private func type(_ version: SOAPVersion) -> String { "\(version.mediaType); charset=utf-8" }
}
