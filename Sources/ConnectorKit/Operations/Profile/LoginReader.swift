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

    func read(_ reader: MappingReader) -> LoginTemplate {
        var login = LoginTemplate(headers: requests.headers(reader))
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
        let lifetime = reader.duration("lifetime")
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
