// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import YAMLDocuments

/// Reads the section `login`.
struct LoginReader {
    let library: ExpressionLibrary
    let requests: RequestReader

    func read(_ reader: MappingReader) -> LoginTemplate {
        var login = LoginTemplate(headers: requests.headers(reader))
        if let basic = reader.mapping("basic") {
            let (user, password) = (
                basic.requiredTemplate("user", library), basic.requiredTemplate("password", library)
            )
            if let user, let password { login.basic = (user, password) }
            finish(basic, "login.basic")
        }
        if let certificate = reader.mapping("clientCertificate") {
            let chain = certificate.requiredTemplate("certificate", library)
            let key = certificate.requiredTemplate("key", library)
            if let chain, let key { login.clientCertificate = (chain, key) }
            finish(certificate, "login.clientCertificate")
        }
        login.token = reader.mapping("token").flatMap(token)
        finish(reader, "login")
        return login
    }

    private func token(_ reader: MappingReader) -> LoginTemplate.Token? {
        defer { finish(reader, "login.token") }
        let request = reader.requiredNode("request").map { node in
            requests.read(
                MappingReader(node, path: reader.path(of: "request"), collector: reader.collector), isLogin: true)
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

    private func finish(_ reader: MappingReader, _ path: String) {
        reader.finish(known: RESTConnector.profileKeys.names(in: path))
    }
}
