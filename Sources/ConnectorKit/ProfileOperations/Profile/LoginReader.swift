// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import YAMLDocuments

/// Reads the section `login`.
struct LoginReader {
    let reading: ProfileReading
    let requests: RequestReader
    private var library: ExpressionLibrary { reading.library }

    /// One login, or several of which the first that fits the settings counts.
    func read() -> [LoginTemplate] {
        guard let node = reading.profile.sections["login"] else { return [LoginTemplate()] }
        let items = node.elements == nil ? [(node: node, path: "login")] : node.list(at: "login", reading.collector)
        return items.map { read(MappingReader($0.node, path: $0.path, collector: reading.collector)) }
    }

    private func read(_ reader: MappingReader) -> LoginTemplate {
        var login = LoginTemplate(when: reader.program("when", library), headers: requests.headers(reader))
        login.query = (reader.dictionary("query") ?? []).compactMap { member in
            library.template(member.node, keyPath: member.path, collector: reader.collector).map { (member.key, $0) }
        }
        if let basic = reader.mapping("basic") {
            let (user, password) = (
                basic.requiredTemplate("user", library), basic.requiredTemplate("password", library)
            )
            if let user, let password { login.basic = (user, password) }
            reading.finish(basic, "login.basic")
        }
        if let certificate = reader.mapping("clientCertificate") {
            let credential = certificate.requiredNode("credential")?.word(
                at: certificate.path(of: "credential"), of: reading.secretSettings, reading.collector)
            let password = certificate.node("password")?.word(
                at: certificate.path(of: "password"), of: reading.secretSettings, reading.collector)
            if let credential { login.clientCertificate = (credential, password) }
            reading.finish(certificate, "login.clientCertificate")
        }
        login.token = reader.mapping("token").flatMap(token)
        reading.finish(reader, "login")
        return login
    }

    private func token(_ reader: MappingReader) -> LoginTemplate.Token? {
        defer { reading.finish(reader, "login.token") }
        let request = reader.requiredNode("request").map { node in
            requests.read(
                MappingReader(node, path: reader.path(of: "request"), collector: reader.collector), of: nil)
        }
        let token = reader.requiredProgram("token", library)
        let expiresIn = reader.program("expiresIn", library)
        let lifetime = reader.duration("lifetime", in: .lifetime)
        if !reader.has("expiresIn"), !reader.has("lifetime") {
            reader.collector.add(
                reader.node, reader.path, "it is not said how long the token lives", hint: "add expiresIn or lifetime")
        }
        let value =
            reader.template("value", library)
            ?? library.template(
                "Bearer ${ .token }", node: reader.node, keyPath: reader.path(of: "value"), collector: reader.collector)
        return request.map {
            LoginTemplate.Token(
                request: $0, token: token, expiresIn: expiresIn, lifetime: lifetime ?? .seconds(300),
                header: reader.string("header") ?? "Authorization", value: value)
        }
    }
}
