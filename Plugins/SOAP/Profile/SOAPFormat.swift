// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import Foundation
import JSONDocuments
import ProfileOperations
import XMLDocuments
import YAMLDocuments

/// SOAP over HTTP: envelopes around XML templates, answers that XPath reads.
public struct SOAPFormat: MessageFormat {
    let version: SOAPVersion
    /// The profile's namespaces by prefix, in the order of the file.
    let namespaces: [(prefix: String, name: String)]
    /// Members of `.fault` that the profile adds.
    let faultRules: [ReadRule]
    let secretSettings: [String]
    private let token: (user: Template, password: Template, type: UsernameToken.PasswordType)?
    private let library: ExpressionLibrary

    public init(_ reading: ProfileReading) {
        let section = reading.section("soap")
        if section == nil {
            reading.collector.add(
                Diagnostic(
                    file: reading.profile.file, keyPath: "soap", message: "soap is missing",
                    hint: "it holds version and namespaces"))
        }
        version = section?.choice("version", of: SOAPVersion.self) ?? .soap11
        var namespaces: [(prefix: String, name: String)] = []
        for member in section?.dictionary("namespaces") ?? [] {
            guard let name = member.node.string(at: member.path, reading.collector) else { continue }
            if let problem = Self.problem(prefix: member.key, name) {
                reading.collector.add(member.node, member.path, problem)
            } else {
                namespaces.append((member.key, name))
            }
        }
        self.namespaces = namespaces
        let reads = ReadRuleReader(namespaces, reading.collector)
        faultRules = section?.dictionary("fault").map { reads.rules($0) } ?? []
        if let section { reading.finish(section, "soap") }
        secretSettings = reading.secretSettings
        library = reading.library
        token = Self.token(reading)
    }

    public func message(_ request: MappingReader, of operation: MappingReader?) -> any MessageTemplate {
        let action = request.string("action") ?? ""
        if !action.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }) {
            request.add("action", "an action is an address without blanks and quotes")
        }
        let body = request.requiredNode("body").flatMap { node in
            library.xmlTemplate(
                node, keyPath: request.path(of: "body"),
                namespaces: declarations.map { ($0.prefix, $0.name) }, collector: request.collector)
        }
        let reads = ReadRuleReader(namespaces, request.collector)
        let rules = operation?.dictionary("read").map { reads.rules($0) } ?? []
        return SOAPMessage(format: self, action: action, body: body, rules: rules)
    }

    /// What every envelope declares.
    var declarations: [(prefix: String, name: String)] { [("soap", version.namespace)] + namespaces }

    /// Who we are, where the profile says it in the message.
    func usernameToken(_ settings: JSONValue, at created: Date) throws -> UsernameToken? {
        let input: JSONValue = ["settings": settings]
        return try token.map { user, password, type in
            UsernameToken(
                username: try user.render(input), password: try password.render(input), type: type, created: created)
        }
    }

    private static func token(
        _ reading: ProfileReading
    ) -> (user: Template, password: Template, type: UsernameToken.PasswordType)? {
        // Several logins are for CAs with a choice of them; a token in the message is not among those.
        guard reading.profile.sections["login"]?.members != nil,
            let reader = reading.section("login")?.mapping("usernameToken")
        else { return nil }
        defer { reading.finish(reader, "login.usernameToken") }
        let user = reader.requiredTemplate("user", reading.library)
        let password = reader.requiredTemplate("password", reading.library)
        let type = reader.choice("type", of: UsernameToken.PasswordType.self) ?? .digest
        guard let user, let password else { return nil }
        return (user, password, type)
    }

    private static func problem(prefix: String, _ name: String) -> String? {
        if ["soap", "c", "wsse", "wsu", "xml", "xmlns"].contains(prefix) { return "the prefix \(prefix) is taken" }
        if prefix.isEmpty
            || !prefix.utf8.allSatisfy({ UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 || 48...57 ~= $0 })
            || prefix.first?.isNumber == true
        {
            return "a prefix is made of letters and digits"
        }
        return name.isEmpty ? "the namespace is empty" : nil
    }
}
