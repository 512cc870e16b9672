// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// What the operations do (wire/soap.md section 5).
struct EJBCAOperations: Sendable {
    let server: CAServer
    let users: EJBCAUsers

    private var book: OrderBook { server.book }
    private var issuing: EJBCAIssuing { EJBCAIssuing(book: book, users: users) }

    func answer(_ message: SOAPMessage) throws -> SOAPRecord {
        let content = message.content
        switch message.operation.name {
        case "certificateRequest":
            let user = try reader.read(content.record("arg0"))
            let key = try EJBCAKey.read(content.text("arg1"), type: content.int("arg2") ?? 0)
            let order = try issuing.issue(user, key)
            return try response(order, content.text("arg4"))
        case "pkcs10Request":
            let key = try EJBCAKey.read(content.text("arg2"), type: 0)
            let order = try issuing.issue(try login(content), key)
            return try response(order, content.text("arg4"))
        case "editUser":
            users.set(try reader.read(content.record("arg0")))
            return SOAPRecord()
        case "findUser": return try findUser(content.record("arg0"))
        case "findCerts":
            let found = issuing.orders(of: content.text("arg0") ?? "", onlyValid: content.flag("arg1") == true)
            return certificates(found.compactMap(\.certificate))
        case "getLastCAChain":
            try checkAuthority(content.text("arg0"))
            // By what it issues now; a chain that lies is told here, too.
            let last = book.truth.last { $0.certificate != nil }?.chain
            let lie = last.flatMap { $0.first.map(server.authority.isIssuing) == true ? nil : $0 }
            return certificates(lie ?? server.authority.chain)
        case "getLastCertChain":
            let last = issuing.orders(of: content.text("arg0") ?? "", onlyValid: false).last
            return certificates(last.flatMap { order in order.certificate.map { [$0] + order.chain } } ?? [])
        case "revokeCert", "revokeCertBackdated":
            try EJBCARevocation(server: server).revoke(content)
            return SOAPRecord()
        case "checkRevokationStatus": return try EJBCARevocation(server: server).status(content)
        case "revokeUser":
            try EJBCARevocation(server: server).revokeUser(content, users, issuing)
            return SOAPRecord()
        case "getAvailableCAs":
            let authority = SOAPRecord().adding("id", 1_652_389_506).adding("name", EJBCAProfiles.authority)
            return SOAPRecord().adding("return", .record(authority))
        default: return SOAPRecord().adding("return", "EJBCA 8.3.2 Sandbox (working copy)")
        }
    }

    private var reader: EJBCAUserReader { EJBCAUserReader(clock: server.surroundings.clock) }

    /// pkcs10Request: the user must be there, new, and the password right.
    private func login(_ content: SOAPRecord) throws -> EJBCAUser {
        let name = content.text("arg0") ?? ""
        guard let user = users[name] else { throw EJBCAFault.notFound("Could not find username \(name).") }
        guard user.status == 10 else {
            throw EJBCAFault.general("USER_WRONG_STATUS", "Wrong user status, expected NEW, found \(user.status).")
        }
        guard user.password == content.text("arg1") else {
            throw EJBCAFault.general("LOGIN_ERROR", "Got request for user '\(name)' with the wrong password.")
        }
        return user
    }

    private func response(_ order: SandboxOrder, _ type: String?) throws -> SOAPRecord {
        guard let certificate = order.certificate else { throw EJBCAFault.general("INTERNAL_ERROR", "no certificate") }
        let der: [UInt8]
        switch type {
        case "CERTIFICATE": der = certificate.der
        case "PKCS7": der = try CertsOnlyMessage.encode([certificate])
        case "PKCS7WITHCHAIN": der = try CertsOnlyMessage.encode([certificate] + order.chain)
        default: throw EJBCAFault.general("FIELD_VALUE_NOT_VALID", "Invalid responseType \(type ?? "null").")
        }
        let response = SOAPRecord().adding("data", .bytes(Self.inner(der))).adding("responseType", type)
        return SOAPRecord().adding("return", .record(response))
    }

    /// The bytes inside the outer base64 are base64 text again, in lines.
    private static func inner(_ der: [UInt8]) -> [UInt8] {
        Array(Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed]).utf8)
    }

    private func certificates(_ list: [Certificate]) -> SOAPRecord {
        SOAPRecord().adding(
            "return",
            all: list.map {
                .record(
                    SOAPRecord().adding("certificateData", .bytes(Self.inner($0.der))).adding("type", "X.509"))
            })
    }

    private func checkAuthority(_ name: String?) throws {
        guard name == EJBCAProfiles.authority else { throw EJBCAFault.noCA(name ?? "") }
    }

    /// matchwith: 0 user name, 1 mail address, 7 subject; matchtype: 0 equals, 1 begins with, 2 contains.
    private func findUser(_ match: SOAPRecord?) throws -> SOAPRecord {
        let wanted = match?.text("matchvalue") ?? ""
        let kind = match?.int("matchtype") ?? 0
        let field = match?.int("matchwith") ?? 0
        guard (0...2).contains(kind), [0, 1, 7].contains(field) else {
            throw EJBCAFault.general("FIELD_VALUE_NOT_VALID", "the match is not supported")
        }
        let found = users.all.filter { user in
            let text = field == 0 ? user.name : field == 1 ? user.email ?? "" : EJBCANames.text(user.subject)
            return kind == 0 ? text == wanted : kind == 1 ? text.hasPrefix(wanted) : text.contains(wanted)
        }
        return SOAPRecord().adding("return", all: found.map { .record(data($0)) })
    }

    /// As it was sent, without the password and with the present status.
    private func data(_ user: EJBCAUser) -> SOAPRecord {
        var record = SOAPRecord(user.data.values.filter { !["password", "status"].contains($0.name) })
        record = record.adding("status", user.status)
        return record
    }
}
